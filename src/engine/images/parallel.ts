/** The results of a job for every item, in order, so many at a time. The first failure ends it. */
export async function mapParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  job: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await job(items[index] as Item);
  };
  await Promise.all(Array.from({length: Math.min(atOnce, items.length)}, work));
  return results;
}
