/**
 * Works on each item, on up to `most` of them at once, beginning in their order; answers the results in
 * that order. The first failure is thrown at once; work that has begun goes on, and no other begins.
 */
export const inParallel = async <Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const rest = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    // All workers take from one iterator, so that each item is taken once.
    for (const [index, item] of rest) {
      if (failed) return;
      results[index] = await work(item, index).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
};
