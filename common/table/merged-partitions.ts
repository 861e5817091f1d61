import { noReadCost, openPartition, type PartitionReader, type ReadCost } from "./partition-reader.ts";
import type { Item, QueryOptions, Table } from "./table.ts";

const nextSortKey = ({ items, index }: PartitionReader): string => items[index]?.sk ?? "";

/** The reader with the first of the next items; all have one. */
const firstOf = (readers: readonly PartitionReader[], isAscending: boolean): PartitionReader | undefined => {
  let first: PartitionReader | undefined;
  for (const reader of readers) {
    if (first === undefined || nextSortKey(reader) < nextSortKey(first) === isAscending) first = reader;
  }
  return first;
};

/** Takes items in order for as long as each reader has one that is read already. */
const takeReady = (readers: readonly PartitionReader[], isAscending: boolean): Item[] => {
  const only = readers.length === 1 ? readers[0] : undefined;
  if (only) {
    const rest = only.items.slice(only.index);
    only.index = only.items.length;
    return rest;
  }
  const taken: Item[] = [];
  for (;;) {
    const reader = firstOf(readers, isAscending);
    const item = reader?.items[reader.index];
    if (!reader || !item) return taken;
    taken.push(item);
    reader.index += 1;
    if (reader.index === reader.items.length) return taken;
  }
};

export type MergeOptions = Pick<QueryOptions, "from" | "to" | "order" | "after"> & {
  partitions: readonly string[];
  /** How many items each partition is asked for first; as many as fit a page if that is not given. */
  firstItems?: number | undefined;
  cost?: ReadCost;
};

/**
 * The items of several partitions as one list by sort key, in batches; equal sort keys stand in no
 * promised order. Sort keys are compared as JavaScript does, which is DynamoDB's order for ASCII.
 */
export async function* mergedPartitions(
  table: Pick<Table, "queryPage">,
  { partitions, firstItems, cost = noReadCost(), ...range }: MergeOptions,
): AsyncGenerator<Item[]> {
  const isAscending = range.order !== "desc";
  let readers = partitions.map((pk) => openPartition(table, { pk, ...range }, { firstItems, cost }));
  for (;;) {
    await Promise.all(readers.map((reader) => reader.fill()));
    readers = readers.filter(({ items, index }) => index < items.length);
    if (readers.length === 0) return;
    yield takeReady(readers, isAscending);
  }
}
