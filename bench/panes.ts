import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {type PtyProgram, startInPty} from '../test/helpers/pty.ts';
import {atMost, type Figure, milliseconds, percentile} from './measure.ts';
import {mainFile, root} from './program.ts';
import {keyToFrame, memoryMegabytes, processorMs} from './watch-program.ts';

const linesPerSecond = 1000;
const keysPressed = 200;
/** Lines of all four panes together before memory is looked at. */
const linesForMemory = 100_000;

/** Follows a run with four panes at 1 000 lines/s each: how long a key takes to show, processor time, and memory. */
export async function measurePanes(): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'pai-bench-'));
  const flood = spawn(
    process.execPath,
    [fileURLToPath(new URL('flood.ts', import.meta.url)), state, String(linesPerSecond)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const floodEnded = new Promise((resolve) => flood.once('exit', resolve));
  let app: PtyProgram | undefined;
  try {
    const id = await new Promise<string>((resolve, reject) => {
      flood.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
      flood.once('error', reject);
      flood.once('exit', () => reject(new Error('the flood ended before it began')));
    });
    app = startInPty(process.execPath, [mainFile, 'run', 'attach', id, '--state', state], {
      columns: 200,
      rows: 50,
      folder: root,
    });
    await app.waitFor('Build webportal');
    app.press('p');
    await paneCount(app, 2);
    app.press('p');
    await paneCount(app, 4);

    const before = processorMs(app.pid);
    const began = performance.now();
    const delays: number[] = [];
    for (let press = 0; press < keysPressed; press++)
      delays.push(await keyToFrame(app, press % 2 === 0 ? 'down' : 'up', selection));
    const busy = (processorMs(app.pid) - before) / (performance.now() - began);
    while (((performance.now() - began) / 1000) * linesPerSecond * 4 < linesForMemory) await sleep(200);
    const memory = memoryMegabytes(app.pid, 'VmRSS');
    return [
      atMost('key to frame, p95, four panes at 1 000 lines/s each', percentile(delays, 0.95), 20, milliseconds),
      {what: 'key to frame, median', value: milliseconds(percentile(delays, 0.5))},
      {what: 'processor time of the screen meanwhile', value: `${Math.round(busy * 100)} %`},
      {what: `memory after ${linesForMemory.toLocaleString('en')} lines`, value: `${memory} MB`},
    ];
  } finally {
    await app?.close();
    flood.stdin.end();
    await floodEnded;
    rmSync(state, {recursive: true, force: true});
  }
}

/** The row of the plan the cursor is on. */
function selection(app: PtyProgram): number {
  return app
    .lines()
    .findIndex((line) => /[▸>] ?.*Build (base-image|rest-server|webportal|zookeeper)/.test(line.slice(0, 60)));
}

/** Panes are framed; each shows the title of its task at its upper edge. */
async function paneCount(app: PtyProgram, count: number): Promise<void> {
  const titles = () =>
    app.lines().flatMap((line) => line.match(/[┌╭+][^┐╮]*(base-image|rest-server|webportal|zookeeper)/g) ?? []);
  await app.waitFor(() => titles().length >= count);
}
