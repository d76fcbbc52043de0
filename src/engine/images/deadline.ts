import type {ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';

/** What the engine itself answers takes no longer. */
export const engineDeadlineMs = 30_000;

/** Does work with a signal that is aborted for `late()` when the time is over. */
export async function withDeadline<Result>(
  {clock, milliseconds, late}: {readonly clock: Clock; readonly milliseconds: number; late(): ProblemError},
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const ended = new AbortController();
  clock.sleep(milliseconds, ended.signal).then(
    () => over.abort(late()),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    ended.abort();
  }
}
