import {constants} from 'node:os';
import type {RemoteEnd, RemoteWatch} from '../machine-tools.ts';
import {problemOf} from '../problem.ts';
import {hear} from './ask.ts';
import type {Begun} from './begin.ts';
import {withDeadline} from './deadline.ts';
import {followScript, readFollowed} from './follow-script.ts';
import type {Line} from './line.ts';
import {lost} from './lost.ts';

/**
 * A command whose connection broke: connects again, waits for its end and tells the last of what it printed in the
 * meantime; the first piece after the break may be missing. Throws `machine-lost` when the machine does not come back in time, or nobody there knows how it ended.
 */
export async function follow(line: Line, begun: Begun, watch: RemoteWatch, signal: AbortSignal): Promise<RemoteEnd> {
  const {token, keeper, folder, slot, processGroup} = begun;
  const args = [`${folder}/${slot}`, token, String(keeper.pid), keeper.started, String(keeper.sshd)];
  for (;;) {
    await comeBack(line, processGroup, signal);
    try {
      const {end, out, err} = readFollowed(await hear(line, {script: followScript, args}, 'work', signal));
      if (out.length > 0) watch.stdout?.(out);
      if (err.length > 0) watch.stderr?.(err);
      if (end !== undefined)
        return {...(end.signal === undefined ? {exit: end.exit ?? 255} : {signal: nameOf(end.signal)})};
      throw lost(
        line.target,
        'it came back, and nobody there knows how the command ended; the machine may have been started anew',
        processGroup,
      );
    } catch (error) {
      // It broke once more: the script is still the same one.
      if (signal.aborted || line.isOpen || !isLoss(error)) throw error;
    }
  }
}

function isLoss(error: unknown): boolean {
  return problemOf(error).code === 'machine-lost';
}

/** Connects, as often as it takes, with longer and longer pauses. */
async function comeBack(line: Line, processGroup: number, signal: AbortSignal): Promise<void> {
  const {clock, limits, target} = line;
  let last: unknown;
  const late = () => lost(target, `it did not come back within ${limits.reconnectMs / 1000} s`, processGroup, last);
  await withDeadline({clock, milliseconds: limits.reconnectMs, late}, signal, async (ending) => {
    for (let pause = 200; ; pause = Math.min(pause * 2, 5_000)) {
      try {
        await line.connection(ending);
        return;
      } catch (error) {
        ending.throwIfAborted();
        last = error;
        const {code, message} = problemOf(error);
        if (code !== 'machine-unreachable')
          throw lost(target, `it cannot be made again. ${message}`, processGroup, error);
        await clock.sleep(pause * (0.5 + Math.random()), ending);
      }
    }
  });
}

function nameOf(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
