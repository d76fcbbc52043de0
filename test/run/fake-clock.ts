import type {Clock} from '../../src/engine/tools.ts';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass, waking sleepers in order; what they do in turn is done before it returns. */
  pass(milliseconds: number): Promise<void>;
  /** How many are asleep. */
  readonly sleepers: number;
}

export function createFakeClock(): FakeClock {
  let time = 0;
  const sleepers = new Set<{readonly until: number; wake(): void}>();
  return {
    now: () => 1_000_000 + time,
    monotonic: () => time,
    get sleepers() {
      return sleepers.size;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const sleeper = {
          until: time + milliseconds,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    async pass(milliseconds) {
      const end = time + milliseconds;
      await settled();
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.until - b.until)[0];
        if (!next || next.until > end) break;
        time = next.until;
        next.wake();
        await settled();
      }
      time = end;
    },
  };
}

/** Everything that promises had in the works is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
