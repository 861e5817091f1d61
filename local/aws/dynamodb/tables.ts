import type { Arns } from "../port/arn.ts";
import { type Item, type Level, type Store, type Table, toAwsError } from "./dynalite.ts";

export const VIEW_TYPES = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] as const;
export type ViewType = (typeof VIEW_TYPES)[number];

/** What dynalite does not keep about a table. */
export type Extras = { stream?: { viewType: ViewType; label: string }; timeToLive?: string };

export const itemKey = (table: string, key: string): string => `item-${table}~${key}`;
export const indexKey = (type: string, table: string, index: string, key: string): string =>
  `index-${type.toLowerCase()}~${table}~${index}~${key}`;
const extrasKey = (table: string): string => `extras~${table}`;

/** The range of all keys that start with the prefix. */
export const under = (prefix: string): { gte: string; lt: string } => ({
  gte: prefix,
  lt: `${prefix}\uffff`,
});

const isReady = (table: Table): boolean =>
  table.TableStatus === "ACTIVE" &&
  (table.GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => IndexStatus === "ACTIVE");

export const keysOf = (table: Table, item: Item): Item =>
  Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName] ?? {}]));

/**
 * Tables by name: dynalite's description, kept in memory while it cannot change, and what dynalite does not
 * keep.
 */
export const openTables = async (store: Store, arns: Arns) => {
  const level: Level = store.db;
  const known = new Map<string, Table>();
  const extras = new Map<string, Extras>();

  for await (const [key, value] of level.iterator<Extras>(under("extras~"))) {
    extras.set(key.slice("extras~".length), value);
  }
  // If the process was killed between two writes of CreateTable or DeleteTable, the table would never leave
  // that state.
  for await (const [key, table] of level.iterator<Table>(under("table~"))) {
    if (isReady(table)) continue;
    if (table.TableStatus === "DELETING") {
      await level.clear(under(`item-${table.TableName}~`));
      await level.batch([{ type: "del", key }]);
      continue;
    }
    const indexes = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: "ACTIVE" }));
    await level.put(key, {
      ...table,
      TableStatus: "ACTIVE",
      ...(indexes ? { GlobalSecondaryIndexes: indexes } : {}),
    });
  }

  const get = async (name: string): Promise<Table> => {
    const remembered = known.get(name);
    if (remembered) return remembered;
    const table = await new Promise<Table>((resolve, reject) =>
      store.getTable(name, (error, found) => (error || !found ? reject(toAwsError(error)) : resolve(found))),
    );
    if (isReady(table)) known.set(name, table);
    return table;
  };

  return {
    get,
    known,
    extras: (name: string): Extras => extras.get(name) ?? {},
    saveExtras: async (name: string, change: Extras) => {
      extras.set(name, change);
      await level.put(extrasKey(name), change);
    },
    forget: (name: string) => known.delete(name),
    /** Dynalite's own deletion walks every key of every table. */
    clear: async (name: string) => {
      extras.delete(name);
      await level.batch([{ type: "del", key: extrasKey(name) }]);
      for (const prefix of [`change~${name}~`, `expiry~${name}~`]) await level.clear(under(prefix));
    },
    names: async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const key of level.keys(under("table~"))) names.push(key.slice("table~".length));
      return names;
    },
    withTimeToLive: () =>
      [...extras].flatMap(([name, { timeToLive }]) => (timeToLive ? [{ name, timeToLive }] : [])),
    withStream: () => [...extras].flatMap(([name, { stream }]) => (stream ? [name] : [])),
    arn: (name: string) => arns.at("dynamodb", `table/${name}`),
  };
};
export type Tables = Awaited<ReturnType<typeof openTables>>;
