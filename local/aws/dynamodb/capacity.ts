import type { Input, Output } from "../port/input.ts";
import type { Call } from "../port/service.ts";
import { type Index, type Item, itemSize, type Table } from "./dynalite.ts";
import { indexesOf } from "./index-keys.ts";

/** What one request costs a table and its indexes, in units. */
export type Units = {
  table: string;
  own: number;
  indexes: Map<string, number>;
  localIndexes: ReadonlySet<string>;
};

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** A transaction prepares and commits: two operations for each item. */
export const TRANSACTION_FACTOR = 2;

const writeUnitsOf = (item: Item | undefined): number =>
  item === undefined ? 0 : Math.max(1, Math.ceil(itemSize(item) / WRITE_UNIT_BYTES));

/** The part of an item that an index holds; undefined if the item has not all of the index's keys. */
const entryOf = (
  table: Table,
  { KeySchema, Projection }: Index,
  item: Item | undefined,
): Item | undefined => {
  if (!item || !KeySchema.every(({ AttributeName }) => item[AttributeName] !== undefined)) return undefined;
  if (Projection.ProjectionType === "ALL") return item;
  const names = [...table.KeySchema, ...KeySchema].map(({ AttributeName }) => AttributeName);
  const held = new Set([...names, ...(Projection.NonKeyAttributes ?? [])]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => held.has(name)));
};

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * A changed key costs an index a deletion and a write. A change of attributes that the index does not hold
 * costs nothing.
 */
const indexUnits = (table: Table, index: Index, old: Item | undefined, item: Item | undefined): number => {
  const [before, after] = [entryOf(table, index, old), entryOf(table, index, item)];
  if (before && after) {
    if (isSame(before, after)) return 0;
    const keptKey = index.KeySchema.every(({ AttributeName: name }) => isSame(before[name], after[name]));
    if (keptKey) return Math.max(writeUnitsOf(before), writeUnitsOf(after));
  }
  return writeUnitsOf(before) + writeUnitsOf(after);
};

export const writeUnits = (table: Table, old: Item | undefined, item: Item | undefined): Units => ({
  table: table.TableName,
  own: Math.max(1, writeUnitsOf(old), writeUnitsOf(item)),
  indexes: new Map(
    indexesOf(table).map((index) => [index.IndexName, indexUnits(table, index, old, item)] as const),
  ),
  localIndexes: new Set((table.LocalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)),
});

/** A strongly consistent read, as a transaction's are. */
export const readUnits = (table: string, item: Item | undefined): Units => ({
  table,
  own: item === undefined ? 1 : Math.max(1, Math.ceil(itemSize(item) / READ_UNIT_BYTES)),
  indexes: new Map(),
  localIndexes: new Set(),
});

/** Adds up what a call consumed. */
export const spend = (call: Call, kind: "read" | "write", units: readonly Units[], factor = 1): void => {
  for (const { own, indexes } of units) {
    call.units[kind] += [...indexes.values()].reduce((total, value) => total + value, own) * factor;
  }
};

const isAsked = ({ ReturnConsumedCapacity: asked }: Input): boolean =>
  asked === "TOTAL" || asked === "INDEXES";

type Shown = { factor?: number; kind?: "ReadCapacityUnits" | "WriteCapacityUnits" };

/** Units of one table, as an answer shows them. A transaction says whether it read or wrote. */
const shown = (parts: Units[], indexed: boolean, { factor = 1, kind }: Shown): Output => {
  const sum = (values: number[]) => values.reduce((total, value) => total + value * factor, 0);
  const units = (value: number) => ({ CapacityUnits: value, ...(kind ? { [kind]: value } : {}) });
  const own = sum(parts.map((part) => part.own));
  const perIndex = new Map<string, number>();
  for (const { indexes } of parts) {
    for (const [name, value] of indexes) perIndex.set(name, (perIndex.get(name) ?? 0) + value * factor);
  }
  const local = parts[0]?.localIndexes ?? new Set();
  const listed = (isLocal: boolean) => {
    const entries = [...perIndex].filter(([name, value]) => value > 0 && local.has(name) === isLocal);
    return Object.fromEntries(entries.map(([name, value]) => [name, units(value)]));
  };
  const named = (name: string, entries: object) =>
    Object.keys(entries).length === 0 ? {} : { [name]: entries };
  return {
    TableName: parts[0]?.table,
    ...units([...perIndex.values()].reduce((total, value) => total + value, own)),
    ...(indexed
      ? {
          Table: units(own),
          ...named("GlobalSecondaryIndexes", listed(false)),
          ...named("LocalSecondaryIndexes", listed(true)),
        }
      : {}),
  };
};

/** `ConsumedCapacity` of a request for one item, if it asks for it. */
export const consumedByOne = (input: Input, units: Units): Output =>
  isAsked(input) ? { ConsumedCapacity: shown([units], input.ReturnConsumedCapacity === "INDEXES", {}) } : {};

/** `ConsumedCapacity` of a batch or a transaction, a line for each table, if the request asks for it. */
export const consumedByMany = (input: Input, units: readonly Units[], how: Shown = {}): Output => {
  if (!isAsked(input)) return {};
  const perTable = Map.groupBy(units, ({ table }) => table);
  const indexed = input.ReturnConsumedCapacity === "INDEXES";
  return { ConsumedCapacity: [...perTable.values()].map((parts) => shown(parts, indexed, how)) };
};
