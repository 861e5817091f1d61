import type { Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { entriesBehind, readBasePart } from "../feed/read-feed.ts";
import type { Page } from "./page.ts";
import type { BasePlace, Position } from "./position.ts";

type FollowTable = Pick<Table, "get" | "queryPage">;

/** Where a new walk of an account begins. */
export const startOf = ({ folded }: Account): Position =>
  folded > 0 ? { base: folded, place: { part: 0, rows: 0 } } : { at: 0 };

/** Reads on in a base; at its end the reader has all rows as of its sequence. */
const followBase = async (
  table: FollowTable,
  account: Account,
  base: number,
  start: BasePlace,
  page: Page,
): Promise<Position> => {
  let place = start;
  for (;;) {
    const rows = await readBasePart(table, account, base, place.part);
    if (rows === undefined) return { at: base };
    for (const row of rows.slice(place.rows)) {
      const isTaken = page.take(account.accountId, {
        kind: "added",
        transactionId: row.transactionId,
        row,
      });
      if (!isTaken) return { base, place };
      place = { part: place.part, rows: place.rows + 1 };
    }
    place = { part: place.part + 1, rows: 0 };
  }
};

/** Takes what comes behind a position as far as the page has room; the account was read before. */
export const follow = async (
  table: FollowTable,
  account: Account,
  start: Extract<Position, { at: number } | { base: number }>,
  page: Page,
): Promise<Position> => {
  let position: Position = start;
  if ("base" in start) {
    position = await followBase(table, account, start.base, start.place, page);
    if (!("at" in position)) return position;
  }
  let { at } = position as { at: number };
  for await (const entry of entriesBehind(table, account, at, () => page.room + 1)) {
    if (!page.take(account.accountId, entry)) return { at };
    at += 1;
  }
  return { at };
};
