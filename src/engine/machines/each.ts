import type {Clock} from '../tools.ts';
import {Slots} from './run/slots.ts';

/** Who takes longer than that is waited for beside the others. */
const patienceMs = 2000;

/**
 * Does something for each, so many at once, and gives the results in the same order. Those that take long make room for
 * others: dead machines hold up nobody. Rejects with the first that does, when all have ended.
 */
export async function each<Item, Result>(
  items: readonly Item[],
  {parallel, clock}: {readonly parallel: number; readonly clock: Clock},
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const slots = new Slots(parallel);
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      await slots.take();
      const done = new AbortController();
      const room = clock
        .sleep(patienceMs, done.signal)
        .catch(() => {})
        .then(() => slots.give());
      try {
        return await work(item);
      } finally {
        done.abort(new Error('done'));
        await room;
      }
    }),
  );
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
