// node bench/fleet-figures.ts, in the network that fleet.ts makes: prints the figures as JSON.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {startProgram} from '../test/helpers/built-program.ts';
import {cleanEnvironment, type PtyProgram, startInPty} from '../test/helpers/pty.ts';
import type {WatchFigures, WatchWork} from './fleet-watch.ts';
import {atMost, type Figure, milliseconds, percentile, seconds} from './measure.ts';
import {mainFile, root} from './program.ts';
import {type Farm, machineCount, startFarm} from './start-farm.ts';
import {keyToFrame, memoryMegabytes, processorMs} from './watch-program.ts';

const keysPressed = 200;
/** The configuration of the farm is one for it. */
const tree = join(root, 'fixtures/sample');
const megabytes = (value: number) => `${value} MB`;

const farm = await startFarm();
try {
  const figures = [...(await headless(farm)), ...(await onScreen(farm)), ...(await timers(farm))];
  console.log(JSON.stringify(figures));
} finally {
  await farm.stop();
}

async function headless({config, state, environment}: Farm): Promise<readonly Figure[]> {
  const began = performance.now();
  const program = startProgram(['machine', 'run', '@all', '-c', config, '--state', state, '--', 'true'], {
    cwd: root,
    environment: cleanEnvironment(environment),
  });
  let [processor, memory] = [0, 0];
  let end: Awaited<typeof program.ended> | undefined;
  void program.ended.then((ended) => {
    end = ended;
  });
  while (!end) {
    try {
      processor = processorMs(program.process.pid ?? 0);
      memory = memoryMegabytes(program.process.pid ?? 0, 'VmHWM') || memory;
    } catch {
      // It has ended; the last look counts.
    }
    await sleep(20);
  }
  const ms = performance.now() - began;
  if (end.code !== 0) throw new Error(`machine run ended with ${end.code}:\n${end.stderr.slice(-2000)}`);
  return [
    {what: `a command on ${machineCount} machines, configuration read anew`, value: seconds(ms)},
    {what: 'processor time for each machine', value: milliseconds(processor / machineCount)},
    atMost('memory at most', memory, 400, megabytes),
  ];
}

async function onScreen(farm: Farm): Promise<readonly Figure[]> {
  const app = startInPty(process.execPath, [mainFile, '--source', tree, '-c', farm.config, '--state', farm.state], {
    columns: 200,
    rows: 50,
    folder: root,
    environment: farm.environment,
  });
  try {
    await app.waitFor('Images', 60_000);
    const answeredBefore = await farm.answered();
    if (answeredBefore > 0) throw new Error('machines were asked before the tab was opened');
    const began = performance.now();
    app.press('3');
    await app.waitFor(() => place(app) !== undefined, 60_000);
    await app.waitFor(async () => (await farm.answered()) === machineCount, 300_000);
    const allSeen = performance.now() - began;
    const before = processorMs(app.pid);
    const since = performance.now();
    const delays: number[] = [];
    for (let press = 0; press < keysPressed; press++)
      delays.push(await keyToFrame(app, press < keysPressed / 2 ? 'j' : 'k', place));
    const busy = (processorMs(app.pid) - before) / (performance.now() - since);
    const watched = memoryMegabytes(app.pid, 'VmRSS');
    return [
      {what: 'on screen, until all have answered', value: seconds(allSeen)},
      atMost('key to frame, p95, while they are asked again', percentile(delays, 0.95), 30, milliseconds),
      {what: 'key to frame, median', value: milliseconds(percentile(delays, 0.5))},
      {what: 'processor time of the screen meanwhile', value: `${Math.round(busy * 100)} %`},
      atMost('memory', watched, 400, megabytes),
      {what: 'memory at most, until then', value: megabytes(memoryMegabytes(app.pid, 'VmHWM'))},
      ...(await commandOnScreen(app)),
    ];
  } finally {
    await app.close();
  }
}

/** All marked, a command typed, until it has ended everywhere. */
async function commandOnScreen(app: PtyProgram): Promise<readonly Figure[]> {
  app.press('*');
  await app.waitFor(`run on ${machineCount}`);
  app.press('x');
  await app.waitFor('Run on');
  app.press(...'uname -r');
  await app.waitFor('uname -r');
  const began = performance.now();
  app.press('enter');
  await app.waitFor(`${machineCount} done`, 300_000);
  return [
    {what: 'a command on all of them on screen', value: seconds(performance.now() - began)},
    atMost('memory after it', memoryMegabytes(app.pid, 'VmRSS'), 400, megabytes),
  ];
}

/** Which machine of the table the cursor is on, as its edge says: '12/1000'. */
function place(app: PtyProgram): string | undefined {
  return new RegExp(` (\\d+)/${machineCount} [┐╮+]`).exec(app.screen())?.[1];
}

async function timers({config, state, environment}: Farm): Promise<readonly Figure[]> {
  const work: WatchWork = {config, state};
  const program = fileURLToPath(new URL('fleet-watch.ts', import.meta.url));
  const {stdout} = await promisify(execFile)(process.execPath, [program, JSON.stringify(work)], {
    env: cleanEnvironment(environment),
  });
  const {machines, timers, made, ms} = JSON.parse(stdout) as WatchFigures;
  return [
    atMost('timers that are set, for each connection', timers / machines, 2, (each) => each.toFixed(2)),
    {what: 'until each was asked once more', value: seconds(ms)},
    {what: 'timers made meanwhile, for each machine', value: (made / machines).toFixed(1)},
  ];
}
