/** Work that is done by one at a time, in the order it was asked for. */
export interface Turns {
  /** Waits for its turn; `waiting` is told whom for. Rejects with the signal's reason when that comes first. */
  take<Result>(
    name: string,
    waiting: (forName: string) => void,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result>;
}

export function createTurns(): Turns {
  let last: {readonly name: string; readonly ended: Promise<void>} | undefined;
  return {
    async take(name, waiting, signal, work) {
      const before = last;
      let end: () => void = () => {};
      const mine = {name, ended: new Promise<void>((resolve) => (end = resolve))};
      last = mine;
      try {
        if (before) {
          waiting(before.name);
          await Promise.race([before.ended, abortOf(signal)]);
        }
        return await work();
      } finally {
        // Who gave up waiting hands its place on only when its turn has come.
        void (before?.ended ?? Promise.resolve()).then(() => {
          end();
          if (last === mine) last = undefined;
        });
      }
    },
  };
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), {once: true});
  });
}
