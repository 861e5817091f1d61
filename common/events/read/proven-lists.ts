import type { Item, QueryOptions, QueryPage, Table } from "#common/table/table.ts";
import { listOf, parseRunSortKey } from "../keys.ts";
import { makeBlockProof } from "../lists/block-proof.ts";
import { noteUnreadable } from "../lists/unreadable.ts";

/** Rows of a partition that are held against their blocks before it counts as one that no chain names. */
const TRIES_MAX = 5;

const isRun = ({ sk }: Item): boolean => {
  try {
    parseRunSortKey(sk);
    return true;
  } catch {
    return false;
  }
};

/**
 * The table as readers of lists see it: without what is no run, and without the lists that no chain names. A
 * verification reads every list of a type or customer that the chains name, both ways; what stands in another one it
 * cannot know of, but a reader that asks for that type or customer would see it. So one row of each such list is held
 * against its block before any is shown: one read of a block for each type or customer that is asked for.
 */
export const provenLists = (
  store: Pick<Table, "get" | "queryPage">,
  organizationId: string,
): Pick<Table, "queryPage"> => {
  const proof = makeBlockProof(store, organizationId);
  /** Lists that are named by a chain; decided for one partition of a list after the other. */
  const named = new Set<string>();
  const deciding = new Map<string, Promise<unknown>>();

  /** The rows from the first one that its block makes; none where the first few are of no block. */
  const fromFirstProven = async (list: string, rows: Item[]): Promise<Item[]> => {
    for (const [index, row] of rows.slice(0, TRIES_MAX).entries()) {
      if (await proof.isRun(row)) {
        named.add(list);
        return rows.slice(index);
      }
      noteUnreadable(organizationId, "a list's item that no block makes");
    }
    return [];
  };

  return {
    queryPage: async (options: QueryOptions): Promise<QueryPage> => {
      const page = await store.queryPage(options);
      const rows = page.items.filter(isRun);
      if (rows.length < page.items.length) {
        noteUnreadable(organizationId, "a list's item without a run's key");
      }
      const list = listOf(options.pk);
      if (list === undefined || named.has(list) || rows.length === 0) return { ...page, items: rows };
      const before = deciding.get(list) ?? Promise.resolve();
      const decided = before.then(() => (named.has(list) ? rows : fromFirstProven(list, rows)));
      deciding.set(
        list,
        decided.catch(() => {}),
      );
      const items = await decided;
      return named.has(list) ? { ...page, items } : { items };
    },
  };
};
