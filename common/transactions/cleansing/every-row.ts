import { queryPages, type Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { readAccounts } from "../changes/read.ts";
import { accountLists, accountPartition, BY_DATE } from "../keys.ts";
import type { Row } from "../rows/row.ts";
import { rowFromItem } from "../rows/row-item.ts";

/** Where a walk through all rows of an organization is: behind this row. */
export type Place = { list: number; accountId: string; byDate: string };

export type PlacedRow = { place: Place; account: Account; row: Row };

type WalkTable = Pick<Table, "getMany" | "queryPage">;

/** Accounts of an organization from a place on, in the order of the lists. */
async function* accountsFrom(
  table: WalkTable,
  organizationId: string,
  place?: Place,
): AsyncGenerator<{ list: number; account: Account }> {
  for (const [list, pk] of accountLists(organizationId).entries()) {
    if (list < (place?.list ?? 0)) continue;
    const from = list === place?.list ? { from: place.accountId } : {};
    for await (const items of queryPages(table, { pk, ...from, limit: 100 })) {
      const ids = items.map(({ sk }) => sk);
      const accounts = await readAccounts(table, organizationId, ids, "");
      for (const account of accounts.values()) yield { list, account };
    }
  }
}

/**
 * All rows of an organization that an import names, posted at `from` or later, behind `place`. What changes its
 * date in the meantime may come twice or not at all.
 */
export async function* everyRow(
  table: WalkTable,
  organizationId: string,
  { from, place }: { from?: string; place?: Place },
): AsyncGenerator<PlacedRow> {
  for await (const { list, account } of accountsFrom(table, organizationId, place)) {
    const { accountId } = account;
    const after = list === place?.list && accountId === place.accountId ? place.byDate : undefined;
    const first = after ?? from;
    const options = { pk: accountPartition(organizationId, accountId), index: BY_DATE, consistent: true };
    for await (const items of queryPages(table, {
      ...options,
      ...(first === undefined ? {} : { from: first }),
    })) {
      for (const item of items) {
        const byDate = String(item.byDate);
        if (byDate === after) continue;
        yield { place: { list, accountId, byDate }, account, row: rowFromItem(item) };
      }
    }
  }
}

/** How many rows each account of an organization shows, together. */
export const countShown = async (table: WalkTable, organizationId: string): Promise<number> => {
  let shown = 0;
  for await (const { account } of accountsFrom(table, organizationId)) shown += account.shown;
  return shown;
};
