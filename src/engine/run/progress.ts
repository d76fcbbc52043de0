import type {Clock} from '../tools.ts';

/** At most four a second are passed on; the newest of those in between follows when its time has come. */
const intervalMs = 250;

/** Thins out what a task reports. After `close` nothing is passed on. */
export function createProgress(clock: Clock, pass: (done: number, total?: number) => void) {
  const closed = new AbortController();
  let passedAt = Number.NEGATIVE_INFINITY;
  let pending: readonly [number, number?] | undefined;

  const passNow = (value: readonly [number, number?]) => {
    passedAt = clock.monotonic();
    pass(...value);
  };
  return {
    report(done: number, total?: number): void {
      if (closed.signal.aborted) return;
      const value: readonly [number, number?] = total === undefined ? [done] : [done, total];
      const waitMs = passedAt + intervalMs - clock.monotonic();
      if (pending) pending = value;
      else if (waitMs <= 0) passNow(value);
      else {
        pending = value;
        void clock.sleep(waitMs, closed.signal).then(
          () => {
            if (pending && !closed.signal.aborted) passNow(pending);
            pending = undefined;
          },
          () => {},
        );
      }
    },
    close: () => closed.abort(),
  };
}
