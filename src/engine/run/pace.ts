import type {Task} from '../plan/types.ts';
import type {Execution} from './execution.ts';

/** Keeps the starts of dear tasks apart, so that those that come first in the queue have their first moments alone. */
interface StartPace {
  /** Whether this task may start now; else `wake` is called when it may. */
  allows(task: Task): boolean;
  started(task: Task): void;
}

/** Until the signal is aborted. What is expected to change nothing is cheap and starts at any time. */
export function createPace(
  {clock, pace}: Pick<Execution, 'clock' | 'pace'>,
  signal: AbortSignal,
  wake: () => void,
): StartPace {
  const paceOf = ({resource, expected}: Task) =>
    resource === undefined || expected !== 'change' ? undefined : pace(resource);
  let starts: readonly number[] = [];
  let isWaiting = false;
  const wakeAfter = (milliseconds: number) => {
    if (isWaiting) return;
    isWaiting = true;
    void clock.sleep(milliseconds, signal).then(
      () => {
        isWaiting = false;
        wake();
      },
      () => {},
    );
  };
  return {
    allows(task) {
      const most = paceOf(task);
      if (!most) return true;
      const now = clock.monotonic();
      const [first, ...more] = starts.filter((at) => at + most.withinMs > now);
      if (first === undefined || more.length + 1 < most.starts) return true;
      wakeAfter(first + most.withinMs - now);
      return false;
    },
    started(task) {
      const most = paceOf(task);
      if (most) starts = [...starts, clock.monotonic()].slice(-most.starts);
    },
  };
}
