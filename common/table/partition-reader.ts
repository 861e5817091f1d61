import type { Item, QueryOptions, QueryPage, Table } from "./table.ts";

/** What reading cost: calls, bytes of items, and read units at DynamoDB's eventually consistent price. */
export type ReadCost = { queries: number; bytes: number; readUnits: number };

export const noReadCost = (): ReadCost => ({ queries: 0, bytes: 0, readUnits: 0 });

/** One partition, read from one end in pages; `items[index]` is the next of it. */
export type PartitionReader = {
  items: Item[];
  index: number;
  /** Gets the next items where none are left; none come when the partition is at its end. */
  fill(): Promise<void>;
};

/** A page grows by this with each that was not enough. */
const GROWTH = 4;

/** Runs have 100 bytes or more: from here on DynamoDB's 1 MB is what cuts a page. */
const ITEMS_MAX = 2_000;

const bytesOf = (item: Item): number => {
  let bytes = 0;
  for (const name in item) {
    const value = item[name] ?? 0;
    bytes += name.length + (typeof value === "number" ? 8 : value.length);
  }
  return bytes;
};

/**
 * Starts reading at once. The first page has `firstItems`, or all that fits 1 MB if that is not given;
 * a second page that is needed makes a third likely, so from then on one page is read ahead.
 */
export const openPartition = (
  store: Pick<Table, "queryPage">,
  options: Pick<QueryOptions, "pk" | "from" | "to" | "order" | "after">,
  { firstItems, cost }: { firstItems?: number | undefined; cost: ReadCost },
): PartitionReader => {
  let limit = firstItems ?? ITEMS_MAX;
  let pages = 0;

  const read = async (after?: string): Promise<QueryPage> => {
    const page = await store.queryPage({
      ...options,
      ...(limit < ITEMS_MAX ? { limit } : {}),
      ...(after === undefined ? {} : { after }),
    });
    const bytes = page.items.reduce((sum, item) => sum + bytesOf(item), 0);
    cost.queries += 1;
    cost.bytes += bytes;
    cost.readUnits += Math.max(1, Math.ceil(bytes / 4_096)) / 2;
    return page;
  };
  const begin = (after?: string): Promise<QueryPage> => {
    const page = read(after);
    // A caller that has enough stops: a page that was read ahead for it may fail without a report.
    page.catch(() => {});
    return page;
  };

  let ahead: Promise<QueryPage> | undefined = begin();
  let next: string | undefined;

  const reader: PartitionReader = {
    items: [],
    index: 0,
    fill: async () => {
      while (reader.index === reader.items.length) {
        if (ahead === undefined && next === undefined) return;
        const page = await (ahead ?? begin(next));
        pages += 1;
        reader.items = page.items;
        reader.index = 0;
        next = page.next;
        limit *= GROWTH;
        ahead = next !== undefined && (pages > 1 || firstItems === undefined) ? begin(next) : undefined;
      }
    },
  };
  return reader;
};
