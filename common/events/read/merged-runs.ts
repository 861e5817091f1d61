import { mergedPartitions } from "#common/table/merged-partitions.ts";
import type { ReadCost } from "#common/table/partition-reader.ts";
import type { Item, Table } from "#common/table/table.ts";
import type { EventQuery, Position } from "./event-query.ts";
import { provenLists } from "./proven-lists.ts";
import { partitionsOf, sortKeysOf } from "./which-lists.ts";

/** What reading lists takes of a table. */
export type ReadStore = Pick<Table, "get" | "queryPage">;

/**
 * The runs that can hold a match, of all partitions, second by second in the query's order; within a
 * second in no order that means anything.
 */
export async function* mergedRuns(
  store: ReadStore,
  query: EventQuery,
  { after, ...options }: { after?: Position | undefined; firstItems?: number; cost: ReadCost },
): AsyncGenerator<Item[]> {
  const range = sortKeysOf(query, after);
  if (!range) return;
  yield* mergedPartitions(provenLists(store, query.organizationId), {
    partitions: partitionsOf(query),
    ...range,
    order: query.order,
    ...options,
  });
}
