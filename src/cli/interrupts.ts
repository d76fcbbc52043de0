import {ProblemError} from '../engine/index.ts';
import type {Follower} from './run-teller.ts';
import type {World} from './world.ts';

const endSignals = ['SIGTERM', 'SIGHUP'] as const;

/** Hands a signal that Ctrl-C and being told to end abort; then it throws `stopped`. */
export async function untilInterrupted<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onInterrupt = () =>
    stop.abort(new ProblemError({code: 'stopped', message: 'Stopped before anything was started.'}));
  const forget = listen(world, onInterrupt, onInterrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    forget();
  }
}

/**
 * Brings a runner up. What comes in the meantime must not be lost: it is handed on and answered as soon as there is a
 * run that can be stopped, or left.
 */
export async function whileStarting<T>(
  world: World,
  start: () => Promise<T>,
): Promise<{readonly started: T; readonly came?: Follower['came'] & string}> {
  let came: Follower['came'];
  const forget = listen(
    world,
    () => {
      came = 'interrupt';
    },
    () => {
      came = 'end';
    },
  );
  try {
    const started = await start();
    return {started, ...(came ? {came} : {})};
  } finally {
    forget();
  }
}

/** Hears Ctrl-C and the signals that end a command, until the function it returns is called. */
export function listen({signals}: World, onInterrupt: () => void, onEnd: () => void): () => void {
  signals.on('SIGINT', onInterrupt);
  for (const signal of endSignals) signals.on(signal, onEnd);
  return () => {
    signals.off('SIGINT', onInterrupt);
    for (const signal of endSignals) signals.off(signal, onEnd);
  };
}
