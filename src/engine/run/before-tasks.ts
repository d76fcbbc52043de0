import {ProblemError} from '../problem.ts';
import type {Store} from '../store.ts';
import type {Clock} from '../tools.ts';
import type {Cancel} from './execution.ts';

/** What ends early that comes before the first task of a run. */
export interface Limits {
  readonly cancel: Store<Cancel | undefined>;
  readonly clock: Clock;
  /** Milliseconds, and what is thrown after them; absent: what is done has deadlines of its own. */
  readonly deadline?: {readonly milliseconds: number; readonly late: ProblemError};
  /** The lock on the cluster is no longer the run's. */
  readonly lost?: AbortSignal | undefined;
}

/** Does something with a signal that is aborted when the run is cancelled, its lock is lost, or it takes too long. */
export async function beforeTasks<T>(
  {cancel, clock, deadline, lost}: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const ended = new AbortController();
  const hear = () => {
    if (cancel.get()) stop.abort(new ProblemError({code: 'stopped', message: 'Stopped before the first task.'}));
  };
  const unsubscribe = cancel.subscribe(hear);
  if (deadline)
    void clock.sleep(deadline.milliseconds, ended.signal).then(
      () => stop.abort(deadline.late),
      () => {},
    );
  hear();
  try {
    return await work(lost ? AbortSignal.any([stop.signal, lost]) : stop.signal);
  } finally {
    unsubscribe();
    ended.abort();
  }
}
