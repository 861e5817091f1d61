import { type Effort, type Lane, openLane } from "#common/table/partition-reader.ts";
import type { Item, Table } from "#common/table/table.ts";
import type { EventQuery, Order, Position } from "./event-query.ts";
import { partitionsOf, sortKeysOf } from "./which-lists.ts";

const nextSortKey = ({ items, index }: Lane): string => items[index]?.sk ?? "";

/** The lane whose next item comes first; all have one. */
const firstOf = (lanes: readonly Lane[], order: Order): Lane | undefined => {
  let first: Lane | undefined;
  for (const lane of lanes) {
    if (first === undefined || nextSortKey(lane) < nextSortKey(first) === (order === "asc")) first = lane;
  }
  return first;
};

/** Takes items in order for as long as each lane has one at hand. */
const takeReady = (lanes: readonly Lane[], order: Order): Item[] => {
  const only = lanes.length === 1 ? lanes[0] : undefined;
  if (only) {
    const rest = only.items.slice(only.index);
    only.index = only.items.length;
    return rest;
  }
  const taken: Item[] = [];
  for (;;) {
    const lane = firstOf(lanes, order);
    const item = lane?.items[lane.index];
    if (!lane || !item) return taken;
    taken.push(item);
    lane.index += 1;
    if (lane.index === lane.items.length) return taken;
  }
};

/**
 * The runs that can hold a match, of all partitions, second by second in the query's order; within a
 * second in no order that means anything.
 */
export async function* mergedRuns(
  store: Pick<Table, "queryPage">,
  query: EventQuery,
  { after, firstItems, effort }: { after?: Position | undefined; firstItems?: number; effort: Effort },
): AsyncGenerator<Item[]> {
  const range = sortKeysOf(query, after);
  if (!range) return;
  let lanes = partitionsOf(query).map((pk) =>
    openLane(store, { pk, ...range, order: query.order }, { firstItems, effort }),
  );
  for (;;) {
    await Promise.all(lanes.map((lane) => lane.fill()));
    lanes = lanes.filter(({ items, index }) => index < items.length);
    if (lanes.length === 0) return;
    yield takeReady(lanes, query.order);
  }
}
