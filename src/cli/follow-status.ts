import {type RunView, taskTitle} from '../engine/index.ts';
import {plainLine} from './plain.ts';
import type {StatusLine} from './status-line.ts';
import {showSeconds} from './times.ts';

const tickMs = 250;

/** Keeps the line at the bottom of the terminal up to date until it is closed; then the line is gone. */
export function keepStatus(run: {get(): RunView}, line: StatusLine): {close(): void} {
  let view: RunView | undefined;
  let seenAt = 0;
  const draw = () => {
    const now = performance.now();
    const latest = run.get();
    if (latest !== view) seenAt = now;
    view = latest;
    line.draw(statusText(view, now - seenAt, line.unicode));
  };
  const timer = setInterval(draw, tickMs);
  draw();
  return {
    close() {
      clearInterval(timer);
      line.erase();
    },
  };
}

/** '⠹ 3/12  1m12s  Build rest-server 12s, Build pylon 3s': what counts most comes first, as the end may be cut off. */
export function statusText({state, up}: RunView, sinceMs: number, unicode: boolean): string {
  const elapsed = (from: number | undefined) => (from === undefined ? 0 : Math.max(0, up + sinceMs - from));
  const total = elapsed(state.startedUp);
  const frames = unicode ? dots : bars;
  const done = state.tasks.filter(({status}) => status === 'done').length;
  const running = state.tasks.filter(({status}) => status === 'running');
  const tasks = running.map((task) => `${plainLine(taskTitle(task))} ${showSeconds(elapsed(task.startedUp))}`);
  const what = state.cancel ? 'stopping' : tasks.length === 0 ? 'waiting' : '';
  return [
    `${frames[Math.floor(total / tickMs) % frames.length]} ${done}/${state.tasks.length}`,
    showSeconds(total),
    ...(what ? [what] : []),
    ...(tasks.length > 0 ? [tasks.join(', ')] : []),
  ].join('  ');
}

const dots = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const bars = ['|', '/', '-', '\\'];
