import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startInPty} from '../test/helpers/pty.ts';
import {atMost, type Figure, median, milliseconds, times} from './measure.ts';
import {mainFile, root} from './program.ts';

const rounds = 15;

/** From the start of the process to frames on the sample tree, against a bare Node that does nothing. */
export async function measureStart(): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'pai-bench-'));
  const bare: number[] = [];
  const frame: number[] = [];
  const keys: number[] = [];
  const version: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      bare.push(took(['-e', '0']));
      version.push(took([mainFile, '--version']));
      const shown = await frames(state);
      frame.push(shown.images);
      keys.push(shown.keys);
    }
  } finally {
    rmSync(state, {recursive: true, force: true});
  }
  return [
    {what: 'node -e 0', value: milliseconds(median(bare))},
    {what: 'pai-tui --version', value: milliseconds(median(version))},
    {what: 'first frame with the images of the sample tree', value: milliseconds(median(frame))},
    {what: 'the same with its keys', value: milliseconds(median(keys))},
    atMost('first frame ÷ bare node', median(frame) / median(bare), 6, times),
  ];
}

function took(args: readonly string[]): number {
  const began = performance.now();
  const {status} = spawnSync(process.execPath, args, {env: {...process.env, NODE_ENV: 'production'}});
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - began;
}

/** Milliseconds until the images stand on the screen, and until the keys do. */
async function frames(state: string): Promise<{readonly images: number; readonly keys: number}> {
  const began = performance.now();
  const app = startInPty(process.execPath, [mainFile, '--state', state, '-s', 'fixtures/sample'], {
    columns: 200,
    rows: 50,
    folder: root,
  });
  try {
    return await new Promise((resolve, reject) => {
      let images: number | undefined;
      const end = app.onScreen(() => {
        const lines = app.lines();
        if (/zookeeper/.test(lines.join('\n'))) images ??= performance.now() - began;
        if (images === undefined || !/\? help/.test(lines.at(-1) ?? '')) return;
        end();
        resolve({images, keys: performance.now() - began});
      });
      app.exited.then(() => reject(new Error(`the program ended before its first frame:\n${app.screen()}`)), reject);
    });
  } finally {
    await app.close();
  }
}
