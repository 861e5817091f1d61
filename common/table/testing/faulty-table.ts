import type { Item, Table, TransactionResult } from "../table.ts";

/** Of one call. The SDK makes four; with three, more calls fail for good, which is what is to be seen. */
const TRIES = 3;

export class Lost extends Error {
  override readonly name = "Lost";
}

/**
 * The table as a function sees it when so large a share of all calls fails, half of them after they
 * were done. Each call is tried again as the SDK does, so that some are done twice; what fails
 * again fails for good. Each call lets the others go first.
 */
export const faultyTable = (
  store: Table,
  { share, random, isDead }: { share: number; random: () => number; isDead: () => boolean },
): Table => {
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      await new Promise(setImmediate);
      if (isDead()) throw new Lost("the invocation was killed");
      const fails = random() < share;
      const isDone = !fails || random() < 0.5;
      const answer = isDone ? await work() : undefined;
      if (!fails) return answer as T;
      if (tries === TRIES) throw new Lost("the call failed, and so did its repetitions");
    }
  };
  return {
    get: (key, options) => call(() => store.get(key, options)),
    getMany: (keys, options) => call(() => store.getMany(keys, options)),
    queryPage: (options) => call(() => store.queryPage(options)),
    putIfAbsent: (item) => call(() => store.putIfAbsent(item)),
    putIfVersion: (item, version) => call(() => store.putIfVersion(item, version)),
    transact: (writes) => {
      // The SDK repeats a call under the token of its first try, and what is done is then not done twice.
      let earlier: TransactionResult | undefined;
      return call(async () => {
        if (!earlier?.done) earlier = await store.transact(writes);
        return earlier;
      });
    },
    putAll: async (items) => {
      // In calls of 25, any of which can fail after any other was done.
      const parts: Item[][] = [];
      for (let start = 0; start < items.length; start += 25) parts.push(items.slice(start, start + 25));
      await Promise.all(parts.map((part) => call(() => store.putAll(part))));
    },
  };
};
