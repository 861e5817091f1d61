import type { FoundItems } from "#common/paging/answer-page.ts";
import { fillPage } from "#common/paging/fill-page.ts";
import type { Item, Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { Account } from "../accounts/account.ts";
import type { ShownRow } from "../changes/edit.ts";
import { accountPartition, BY_DATE, datePlace, transactionKey } from "../keys.ts";
import { rowFromItem } from "../rows/row-item.ts";
import { shownOf } from "../rows/shown.ts";
import type { TransactionQuery } from "./filters.ts";

export type FoundTransaction = { shown: ShownRow; position: string };

type ListOptions = TransactionQuery & {
  account: Account;
  limit: number;
  /** The place of the last transaction of the page before: one that is gone is a place all the same. */
  after?: string | undefined;
  now: Clock;
};

/** Where most rows do not match, larger pages are read; DynamoDB ends each at 1 MB. */
const READ_MAX = 2_000;

/** The least text behind a day or time, as a place. */
const rangeOf = ({ from, to }: Pick<TransactionQuery, "from" | "to">): { from?: string; to?: string } => ({
  ...(from === undefined ? {} : { from }),
  // Exclusive: every place of the instant itself goes on with a `#`.
  ...(to === undefined ? {} : { to }),
});

/** Rows of an account by date and id; the first read is as small as the page, each later one twice as large. */
async function* rowsByDate(
  table: Pick<Table, "queryPage">,
  { account, order, limit, after, from, to }: ListOptions,
): AsyncGenerator<Item> {
  const { organizationId, accountId } = account;
  const pk = accountPartition(organizationId, accountId);
  const id = after?.slice(after.indexOf("#") + 1) ?? "";
  let next =
    after === undefined
      ? undefined
      : JSON.stringify([after, pk, transactionKey(organizationId, accountId, id).sk]);
  let size = limit + 1;
  do {
    const page = await table.queryPage({
      pk,
      index: BY_DATE,
      order,
      consistent: true,
      limit: size,
      ...rangeOf({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
      ...(next === undefined ? {} : { after: next }),
    });
    yield* page.items;
    next = page.next;
    size = Math.min(READ_MAX, size * 2);
  } while (next !== undefined);
}

/** A full page of an account's transactions that match, in one query where nothing is filtered. */
export const findTransactions = (
  table: Pick<Table, "queryPage">,
  options: ListOptions,
): Promise<FoundItems<FoundTransaction, string>> => {
  const { account, matches, limit, now } = options;
  const found = (item: Item): FoundTransaction[] => {
    const row = rowFromItem(item);
    const shown = shownOf(row, account.night);
    if (shown === undefined || !matches(shown)) return [];
    const { accountId } = account;
    const { updatedAt } = row;
    return [
      { shown: { ...shown, accountId, updatedAt }, position: datePlace(shown.postedAt, row.transactionId) },
    ];
  };
  return fillPage<Item, FoundTransaction>({
    candidates: rowsByDate(table, options),
    look: async (items) => items.flatMap(found),
    positionOf: (of) => ("position" in of && !("sk" in of) ? of.position : String((of as Item).byDate)),
    limit,
    now,
  });
};
