import type {Clock} from '../tools.ts';

/** Ends a wait that nobody needs any more. An abort without a reason makes an error with its stack, each time. */
export const notNeeded = new Error('no longer waited for');

/**
 * Does something that must be done after so many milliseconds. The signal it is given is aborted when that time is
 * over, and then `late` says what is thrown; also where the work does not listen.
 */
export async function withDeadline<T>(
  {clock, milliseconds, late}: {readonly clock: Clock; readonly milliseconds: number; late(): Error},
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const timer = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  clock.sleep(milliseconds, timer.signal).then(
    () => over.abort(late()),
    () => {},
  );
  try {
    return await orAborted(work(either), either);
  } finally {
    timer.abort(notNeeded);
  }
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, {once: true});
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
