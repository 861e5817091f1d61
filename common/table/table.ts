/** What an item stands under in a table of ours: partition and sort key, both texts. */
export type Key = { pk: string; sk: string };

export type ItemValue = string | number | Uint8Array;

/** An item of the table: its key and plain attributes; nested values are kept as JSON text or bytes. */
export type Item = { pk: string; sk: string; [name: string]: ItemValue };

/** A global or local index, with the attributes that are its keys; a global one is read eventually consistent only. */
export type Index = { name: string; partitionKey: string; sortKey: string };

export type QueryOptions = {
  /** Value of the partition key: the table's, or the index's. */
  pk: string;
  /** Sort keys, both inclusive. */
  from?: string;
  to?: string;
  order?: "asc" | "desc";
  limit?: number;
  /** `next` of the page before. */
  after?: string;
  consistent?: boolean;
  /** Reads an index instead of the table. */
  index?: Index;
  /** Answers keys and nothing else; costs as many read units as whole items. */
  keysOnly?: boolean;
};

/**
 * `next` is there when something may be left; a page may be short or empty all the same. Of the table it
 * is the last sort key, of an index a text to be handed back as it is.
 */
export type QueryPage = { items: Item[]; next?: string };

/**
 * What must stand under the key for a write to be done: nothing (`absent`), or an item of this `version`.
 * Without a condition the write is done whatever stands there.
 */
export type Condition = { absent?: true; version?: never } | { absent?: never; version?: number };

/** One write of a transaction: an item put whole, a key removed, or a key that is only held against the condition. */
export type Write = Condition & ({ put: Item } | { remove: Key } | { check: Key });

/** Where a write of a transaction is done. */
export const keyOfWrite = (write: Write): Key =>
  "put" in write ? { pk: write.put.pk, sk: write.put.sk } : "remove" in write ? write.remove : write.check;

/**
 * `lost`: the places, among the writes, of those whose condition did not hold or whose item another
 * transaction held at that moment. Nothing was written.
 */
export type TransactionResult = { done: true } | { done: false; lost: number[] };

/** The primitives that every service's store is built from. A call that throws may have been done. */
export type Table = {
  get(key: Key, options?: { consistent?: boolean }): Promise<Item | undefined>;
  /** Those of the items that exist, in any order; a key may be named twice. */
  getMany(keys: readonly Key[], options?: { consistent?: boolean }): Promise<Item[]>;
  /** One page, at most 1 MB of items. */
  queryPage(options: QueryOptions): Promise<QueryPage>;
  /** False if something stands under the key. */
  putIfAbsent(item: Item): Promise<boolean>;
  /** Puts each, whole; each key once. Throws unless the table has all of them. */
  putAll(items: readonly Item[]): Promise<void>;
  /**
   * Puts the item if the one that stands there has this `version` (0: if none stands there). Answers
   * what stands there instead when it has another.
   */
  putIfVersion(item: Item, version: number): Promise<{ done: true } | { done: false; present?: Item }>;
  /**
   * All writes or none: at most 100, 4 MB in all, each key once. A try that got through although its answer
   * was lost is not done twice within ten minutes, as long as the SDK repeats the call by itself.
   */
  transact(writes: readonly Write[]): Promise<TransactionResult>;
};

/** All pages, one after the other. */
export async function* queryPages(
  store: Pick<Table, "queryPage">,
  options: QueryOptions,
): AsyncGenerator<Item[]> {
  let after = options.after;
  do {
    const { items, next } = await store.queryPage({ ...options, ...(after === undefined ? {} : { after }) });
    yield items;
    after = next;
  } while (after !== undefined);
}

export const queryAll = async (store: Pick<Table, "queryPage">, options: QueryOptions): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of queryPages(store, options)) items.push(...page);
  return items;
};

const wrong = (item: Item, name: string, wanted: string): Error =>
  new Error(`${item.pk} ${item.sk}: ${name} must be ${wanted}, got ${typeof item[name]}`);

export const textOf = (item: Item, name: string): string => {
  const value = item[name];
  if (typeof value !== "string") throw wrong(item, name, "text");
  return value;
};

export const optionalTextOf = (item: Item, name: string): string | undefined =>
  item[name] === undefined ? undefined : textOf(item, name);

export const numberOf = (item: Item, name: string): number => {
  const value = item[name];
  if (typeof value !== "number") throw wrong(item, name, "a number");
  return value;
};

export const bytesOf = (item: Item, name: string): Uint8Array => {
  const value = item[name];
  if (!(value instanceof Uint8Array)) throw wrong(item, name, "bytes");
  return value;
};
