import type { Item, Table, Write } from "../table.ts";

/** Bytes as DynamoDB counts them: names and values, a number some half a byte a digit. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum +
      name.length +
      (typeof value === "string" ? Buffer.byteLength(value) : typeof value === "number" ? 8 : value.length),
    0,
  );

/** What calls cost: units as DynamoDB counts them, of an item that is not there one unit too. */
export type Cost = { calls: number; readUnits: number; writeUnits: number };

/**
 * Counts what the calls of a table cost: half a read unit for each 4 KB begun of an item or of a query's page, twice
 * that if it is consistent; a write unit for each KB begun, two in a transaction, and one more in each local index (by
 * its attribute's name).
 */
export const countedTable = (table: Table, { indexes = [] }: { indexes?: readonly string[] } = {}) => {
  const cost: Cost = { calls: 0, readUnits: 0, writeUnits: 0 };
  const read = (bytes: readonly number[], consistent = false): void => {
    cost.calls += 1;
    for (const one of bytes) cost.readUnits += Math.max(1, Math.ceil(one / 4_096)) * (consistent ? 1 : 0.5);
  };
  const write = (items: readonly Item[], factor: number): void => {
    cost.calls += 1;
    for (const item of items) {
      const indexed = indexes.filter((name) => item[name] !== undefined).length;
      cost.writeUnits += Math.ceil(itemBytes(item) / 1_024) * (factor + indexed);
    }
  };
  const putsOf = (writes: readonly Write[]): Item[] =>
    writes.flatMap((one) => ("put" in one ? [one.put] : "remove" in one ? [{ ...one.remove }] : []));
  const counted: Table = {
    ...table,
    get: async (key, options) => {
      const item = await table.get(key, options);
      read([item ? itemBytes(item) : 0], options?.consistent);
      return item;
    },
    getMany: async (keys, options) => {
      const items = await table.getMany(keys, options);
      const absent = Math.max(0, new Set(keys.map(({ pk, sk }) => `${pk}\n${sk}`)).size - items.length);
      read([...items.map(itemBytes), ...Array.from({ length: absent }, () => 0)], options?.consistent);
      return items;
    },
    queryPage: async (options) => {
      const page = await table.queryPage(options);
      read([page.items.reduce((sum, item) => sum + itemBytes(item), 0)], options.consistent);
      return page;
    },
    putAll: async (items) => {
      await table.putAll(items);
      write(items, 1);
    },
    transact: async (writes) => {
      const result = await table.transact(writes);
      if (result.done) write(putsOf(writes), 2);
      return result;
    },
  };
  return {
    table: counted,
    /** What a piece of work costs. */
    costOf: async (work: () => Promise<unknown>): Promise<Cost> => {
      Object.assign(cost, { calls: 0, readUnits: 0, writeUnits: 0 });
      await work();
      return { ...cost };
    },
  };
};
