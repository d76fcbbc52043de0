import {readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import type {PtyProgram} from '../test/helpers/pty.ts';

/** Milliseconds from a key that moves a selection to the frame that shows it moved; `selection` reads it off the screen. */
export async function keyToFrame(
  app: PtyProgram,
  key: string,
  selection: (app: PtyProgram) => unknown,
): Promise<number> {
  const before = selection(app);
  // Not in step with anything that happens at intervals inside the program.
  await sleep(40 + Math.random() * 50);
  const pressed = performance.now();
  const shown = new Promise<number>((resolve) => {
    const end = app.onScreen(() => {
      if (selection(app) === before) return;
      end();
      resolve(performance.now() - pressed);
    });
  });
  app.press(key);
  return await Promise.race([
    shown,
    sleep(30_000, undefined, {ref: false}).then(() => {
      throw new Error(`the key ${key} never showed:\n${app.screen()}`);
    }),
  ]);
}

/** User and system time of a process so far (proc(5), fields 14 and 15, in ticks of 10 ms). */
export function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What a process holds in memory now (VmRSS), or held at most (VmHWM). */
export function memoryMegabytes(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const kilobytes = new RegExp(`^${which}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
