import type { Item, Key, Table } from "../table.ts";

/** Rough, but in proportion: what counts towards the 1 MB of a page. */
const sizeOf = (item: Item): number => {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    bytes += name.length + (typeof value === "number" ? 8 : value.length);
  }
  return bytes;
};

/** The table in memory, for tests. Holds to the same contract as the one in DynamoDB. */
export type MemoryTable = Table & {
  /** Sorted by key. */
  items(): Item[];
  /** What a person at the console could do. */
  tamper(key: Key, change: (item: Item) => Item | undefined): void;
};

export const memoryTable = ({ pageBytesMax = 1_048_576 } = {}): MemoryTable => {
  const partitions = new Map<string, Map<string, Item>>();
  // Sort keys of the partitions that were queried; most never are.
  const sorted = new Map<string, string[]>();

  const find = ({ pk, sk }: Key): Item | undefined => partitions.get(pk)?.get(sk);
  const put = (item: Item): void => {
    const partition = partitions.get(item.pk) ?? new Map<string, Item>();
    partitions.set(item.pk, partition);
    if (!partition.has(item.sk)) {
      const keys = sorted.get(item.pk);
      keys?.splice(lowerBound(keys, item.sk), 0, item.sk);
    }
    partition.set(item.sk, { ...item });
  };
  const sortKeys = (pk: string): string[] => {
    const keys = sorted.get(pk) ?? [...(partitions.get(pk)?.keys() ?? [])].sort(compare);
    sorted.set(pk, keys);
    return keys;
  };
  /** Answers in a later turn, as a network does. */
  const answer = async <T>(work: () => T): Promise<T> => work();

  return {
    get: (key) => answer(() => find(key)),
    getMany: (keys) =>
      answer(() => {
        const named = new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key]));
        return [...named.values()].flatMap((key) => find(key) ?? []);
      }),
    queryPage: ({
      pk,
      from = "",
      to = "\u{10ffff}",
      order = "asc",
      limit = Number.POSITIVE_INFINITY,
      after: start,
    }) =>
      answer(() => {
        const keys = sortKeys(pk);
        const items: Item[] = [];
        let bytes = 0;
        const step = order === "asc" ? 1 : -1;
        let index = order === "asc" ? lowerBound(keys, from) : lowerBound(keys, `${to}\0`) - 1;
        if (start !== undefined) {
          index = order === "asc" ? lowerBound(keys, `${start}\0`) : lowerBound(keys, start) - 1;
        }
        for (; ; index += step) {
          const sk = keys[index];
          if (sk === undefined || compare(sk, from) < 0 || compare(sk, to) > 0) return { items };
          const item = find({ pk, sk });
          if (!item) continue;
          bytes += sizeOf(item);
          if (items.length > 0 && bytes > pageBytesMax) return { items, next: items.at(-1)?.sk ?? "" };
          items.push(item);
          if (items.length === limit) return { items, next: sk };
        }
      }),
    putIfAbsent: (item) =>
      answer(() => {
        if (find(item)) return false;
        put(item);
        return true;
      }),
    putAll: (items) =>
      answer(() => {
        for (const item of items) put(item);
      }),
    putIfVersion: (item, version) =>
      answer(() => {
        const present = find(item);
        if ((present?.version ?? 0) !== version) return { done: false, ...(present ? { present } : {}) };
        put(item);
        return { done: true };
      }),
    items: () =>
      [...partitions.keys()].sort().flatMap((pk) => sortKeys(pk).flatMap((sk) => find({ pk, sk }) ?? [])),
    tamper: (key, change) => {
      const item = find(key);
      const changed = item && change({ ...item });
      partitions.get(key.pk)?.delete(key.sk);
      sorted.delete(key.pk);
      if (changed) put(changed);
    },
  };
};

/** UTF-16 surrogates stand for characters beyond U+FFFF, which come last in UTF-8. */
const rank = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;

/** In the order of the bytes of UTF-8, which is DynamoDB's. */
const compare = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** Index of the first key that is not below. */
const lowerBound = (keys: readonly string[], wanted: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(keys[middle] ?? "", wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};
