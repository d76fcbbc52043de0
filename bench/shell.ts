import {createClock} from '../src/engine/clock.ts';
import type {RemoteShell} from '../src/engine/machine-tools.ts';
import {openTerminalScreen} from '../src/engine/terminal/terminal-screen.ts';
import {atMost, type Figure, milliseconds, seconds} from './measure.ts';

const megabytes = 100;

/** A machine whose shell pours into a pane: how long the screen in memory takes, and whether others have their turn. */
export async function measureShell(): Promise<readonly Figure[]> {
  const line = (number: number) => `\x1b[32m2026-11-20\x1b[0m info  worker ${number} says hello to the world again\r\n`;
  const chunk = Buffer.from(Array.from({length: 400}, (_, number) => line(number)).join(''));
  let print: (bytes: Uint8Array) => void = () => undefined;
  let letGo: (() => void) | undefined;
  let isHeld = false;
  const source: RemoteShell = {
    write: () => undefined,
    resize: () => undefined,
    pause() {
      isHeld = true;
    },
    resume() {
      isHeld = false;
      letGo?.();
    },
    onOutput(listener) {
      print = listener;
    },
    ended: new Promise(() => undefined),
    close: () => undefined,
  };
  const session = openTerminalScreen(source, {columns: 120, rows: 40}, createClock());
  session.screen.subscribe(() => session.screen.get());
  const memoryBefore = process.memoryUsage().rss;
  let most = memoryBefore;
  let longest = 0;
  let last = performance.now();
  const turns = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 5);
    last = now;
  }, 5);
  const began = performance.now();
  for (let printed = 0; printed < megabytes * 1e6; printed += chunk.length) {
    print(chunk);
    if (isHeld) {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    }
    most = Math.max(most, process.memoryUsage().rss);
  }
  const took = performance.now() - began;
  clearInterval(turns);
  session.close();
  return [
    {what: `${megabytes} MB of coloured lines through a screen of 120×40`, value: seconds(took)},
    atMost(
      'memory it took, 5000 lines of it kept',
      (most - memoryBefore) / 1e6,
      100,
      (value) => `${value.toFixed(0)} MB`,
    ),
    atMost('longest that everything else had to wait', longest, 100, milliseconds),
  ];
}
