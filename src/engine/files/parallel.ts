/**
 * Calls `work` for every item, at most `limit` at a time, in order of the items. Rejects with the first error once
 * everything that was started has ended, so that nothing goes on behind the caller's back.
 */
export async function forEachParallel<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    for (let next = iterator.next(); !next.done && failures.length === 0; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({length: limit}, worker));
  if (failures.length > 0) throw failures[0];
}
