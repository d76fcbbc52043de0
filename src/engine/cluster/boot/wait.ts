import type {TaskContext} from '../../plan/types.ts';
import {ProblemError, problemOf} from '../../problem.ts';

/** What was found when it was looked: that it is so, or what it waits for, as the rest of a line. */
export type Look<T> = {readonly found: T} | {readonly waitsFor: string};

export interface Waiting<T> {
  readonly deadlineMs: number;
  /** Looks once. What it throws as a Problem is what is waited for. */
  look(): Promise<Look<T>>;
  /** What to throw when it did not come to be. */
  late(waitsFor: string): Promise<ProblemError>;
}

const lookEveryMs = 1000;

/** Looks until it is so. What is waited for goes into the task's log as often as it is something else. */
export async function waitFor<T>({deadlineMs, look, late}: Waiting<T>, context: TaskContext): Promise<T> {
  const {tools, signal, output} = context;
  const until = tools.clock.monotonic() + deadlineMs;
  for (let last = ''; ; ) {
    const seen = await looked(look, signal);
    if ('found' in seen) return seen.found;
    if (seen.waitsFor !== last) output(`waiting: ${seen.waitsFor}\r\n`);
    last = seen.waitsFor;
    if (tools.clock.monotonic() > until) throw await late(last);
    await tools.clock.sleep(lookEveryMs, signal);
  }
}

/** What a look finds now, without waiting: for whether it is still so. */
export async function isSo<T>(look: Waiting<T>['look'], signal: AbortSignal): Promise<T | undefined> {
  const seen = await looked(look, signal);
  return 'found' in seen ? seen.found : undefined;
}

async function looked<T>(look: Waiting<T>['look'], signal: AbortSignal): Promise<Look<T>> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProblemError)) throw error;
    return {waitsFor: problemOf(error).message};
  }
}
