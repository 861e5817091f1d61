import type { BatchOperation, Item, Level } from "./dynalite.ts";
import { type Tables, under } from "./tables.ts";

const FIVE_YEARS_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Seconds, in twelve digits so that they sort as text. */
const entryKey = (table: string, seconds: number, key: string): string =>
  `expiry~${table}~${String(seconds).padStart(12, "0")}~${key}`;

const expiryOf = (item: Item | undefined, attribute: string | undefined): number | undefined => {
  const value = attribute === undefined ? undefined : item?.[attribute]?.N;
  const seconds = value === undefined ? Number.NaN : Math.floor(Number(value));
  return Number.isSafeInteger(seconds) && seconds > 0 && seconds < 1e12 ? seconds : undefined;
};

/** An entry per item that expires, written with the item: the sweep then reads only what is due. */
export const expiryOperations = (
  table: string,
  key: string,
  item: Item | undefined,
  attribute: string | undefined,
): BatchOperation[] => {
  const seconds = expiryOf(item, attribute);
  return seconds === undefined ? [] : [{ type: "put", key: entryKey(table, seconds, key), value: 1 }];
};

/** Indexes the items that are there when time to live is switched on. */
export const indexExpiries = async (level: Level, table: string, attribute: string): Promise<void> => {
  const prefix = `item-${table}~`;
  for await (const [key, value] of level.iterator<Item>(under(prefix))) {
    const operations = expiryOperations(table, key.slice(prefix.length), value, attribute);
    if (operations.length > 0) await level.batch(operations);
  }
};

/**
 * Removes expired items. An entry may be stale (the item was written again since, or is gone): `remove` looks
 * at the item under its lock, and removes it only if it is still due.
 */
export const sweepExpired = async (
  level: Level,
  tables: Tables,
  nowSeconds: number,
  remove: (table: string, key: string, entry: string, isDue: (item: Item) => boolean) => Promise<void>,
): Promise<void> => {
  for (const { name, timeToLive } of tables.withTimeToLive()) {
    const prefix = `expiry~${name}~`;
    const end = `${prefix}${String(nowSeconds).padStart(12, "0")}~`;
    const isDue = (item: Item) => {
      const seconds = expiryOf(item, timeToLive);
      // As in AWS, a time more than five years ago is taken for a mistake and never expires.
      return seconds !== undefined && seconds < nowSeconds && seconds > nowSeconds - FIVE_YEARS_SECONDS;
    };
    const due: string[] = [];
    for await (const entry of level.keys({ gte: prefix, lt: end, limit: 5000 })) due.push(entry);
    for (const entry of due) await remove(name, entry.slice(prefix.length + 13), entry, isDue);
  }
};
