import {
  type Index,
  type Item,
  type Key,
  keyOfWrite,
  type QueryOptions,
  type QueryPage,
  type Table,
  type Write,
} from "../table.ts";

/** DynamoDB's limit on the writes of a transaction. */
const TRANSACTION_WRITES_MAX = 100;

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
  const remove = ({ pk, sk }: Key): void => {
    partitions.get(pk)?.delete(sk);
    sorted.delete(pk);
  };
  const all = (): Item[] =>
    [...partitions.keys()].sort().flatMap((pk) => sortKeys(pk).flatMap((sk) => find({ pk, sk }) ?? []));
  const isAsWanted = (write: Write): boolean => {
    const present = find(keyOfWrite(write));
    if (write.absent) return present === undefined;
    return write.version === undefined || present?.version === write.version;
  };

  const queryPartition = ({
    pk,
    from = "",
    to = "\u{10ffff}",
    order = "asc",
    limit = Number.POSITIVE_INFINITY,
    after: start,
  }: QueryOptions): QueryPage => {
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
    queryPage: (options) =>
      answer(() => {
        const { index, keysOnly } = options;
        const page = index ? queryIndex(all(), index, options, pageBytesMax) : queryPartition(options);
        return keysOnly ? { ...page, items: page.items.map((item) => onlyKeys(item, index)) } : page;
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
    transact: (writes) =>
      answer(() => {
        if (writes.length > TRANSACTION_WRITES_MAX) throw new Error("a transaction takes 100 writes");
        const named = new Set(writes.map((write) => JSON.stringify(keyOfWrite(write))));
        if (named.size < writes.length) throw new Error("a transaction names a key twice");
        const lost = writes.flatMap((write, place) => (isAsWanted(write) ? [] : [place]));
        if (lost.length > 0) return { done: false, lost };
        for (const write of writes) {
          if ("put" in write) put(write.put);
          else if ("remove" in write) remove(write.remove);
        }
        return { done: true };
      }),
    items: all,
    tamper: (key, change) => {
      const item = find(key);
      const changed = item && change({ ...item });
      remove(key);
      if (changed) put(changed);
    },
  };
};

const onlyKeys = (item: Item, index: Index | undefined): Item => ({
  pk: item.pk,
  sk: item.sk,
  ...(index
    ? {
        [index.partitionKey]: item[index.partitionKey] ?? "",
        [index.sortKey]: item[index.sortKey] ?? "",
      }
    : {}),
});

/** A page of an index: the items that have both its keys, by sort key and then by the table's keys. */
const queryIndex = (
  items: readonly Item[],
  { partitionKey, sortKey }: Index,
  { pk, from = "", to = "\u{10ffff}", order = "asc", limit = Number.POSITIVE_INFINITY, after }: QueryOptions,
  pageBytesMax: number,
): QueryPage => {
  const placeOf = (item: Item): string[] => [String(item[sortKey]), item.pk, item.sk];
  const direction = order === "asc" ? 1 : -1;
  const compareText = (one: readonly string[], other: readonly string[]): number =>
    direction *
    (one.map((text, place) => compare(text, other[place] ?? "")).find((difference) => difference !== 0) ?? 0);
  const start = after === undefined ? undefined : (JSON.parse(after) as string[]);
  const rest = items
    .filter((item) => item[partitionKey] === pk && typeof item[sortKey] === "string")
    .filter((item) => compare(String(item[sortKey]), from) >= 0 && compare(String(item[sortKey]), to) <= 0)
    .sort((one, other) => compareText(placeOf(one), placeOf(other)))
    .filter((item) => start === undefined || compareText(placeOf(item), start) > 0);
  const page: Item[] = [];
  let bytes = 0;
  for (const item of rest) {
    bytes += sizeOf(item);
    const last = page.at(-1);
    if (last && (page.length === limit || bytes > pageBytesMax)) {
      return { items: page, next: JSON.stringify(placeOf(last)) };
    }
    page.push(item);
  }
  return { items: page };
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
