import type { Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { readAccounts } from "../changes/read.ts";
import { FeedGone } from "../feed/read-feed.ts";
import { type Owned, readOwned } from "../owners/owned.ts";
import { follow, startOf } from "./follow.ts";
import { leaveBase, leaveRows } from "./leave.ts";
import { type Changes, makePage, type Page } from "./page.ts";
import type { Position } from "./position.ts";

export type WalkTable = Pick<Table, "get" | "getMany" | "queryPage">;

export type WalkedPage = {
  changes: Changes;
  accounts: ReadonlyMap<number, Position>;
  hasMore: boolean;
};

export type WalkOptions = {
  organizationId: string;
  userId: string;
  accounts: ReadonlyMap<number, Position>;
  limit: number;
  /** After it the page ends where it is. */
  isLate: () => boolean;
};

/** A reader's position on an account that was taken from its owner: what it had goes. */
const leavingFrom = (position: Position): Position =>
  "at" in position
    ? { leaving: position.at, behind: "" }
    : "base" in position
      ? { leavingBase: position.base, had: position.place, place: { part: 0, rows: 0 } }
      : position;

/** Walks on one account as far as the page has room; undefined when the reader has nothing of it any more. */
const walkAccount = async (
  table: WalkTable,
  account: Account,
  {
    start,
    isOwned,
    page,
    isLate,
  }: { start: Position | undefined; isOwned: boolean; page: Page; isLate: () => boolean },
): Promise<Position | undefined> => {
  let position = start;
  while (page.room > 0 && !isLate()) {
    if (position === undefined) {
      if (!isOwned) return undefined;
      position = startOf(account);
    }
    if ("at" in position || "base" in position) return follow(table, account, position, page);
    const next: Position | undefined =
      "leaving" in position
        ? await leaveRows(table, account, position, page)
        : await leaveBase(table, account, position, page);
    // Where it does not move, the page is as large as an answer may be.
    if (next !== undefined && JSON.stringify(next) === JSON.stringify(position)) return next;
    position = next;
  }
  return position;
};

/**
 * A page of a walk over all accounts of a user, one after the other by their numbers. An account that was taken is
 * given back first, also when it was given again meanwhile: a removal that was begun is finished. Throws `FeedGone`
 * where the positions are older than what is kept.
 */
export const walk = async (table: WalkTable, options: WalkOptions): Promise<WalkedPage> => {
  const { organizationId, userId, limit, isLate } = options;
  const owned = new Map<number, Owned>(
    (await readOwned(table, organizationId, userId)).map((one) => [one.number, one]),
  );
  const live = [...owned.values()].filter(({ leftAt }) => leftAt === undefined);
  const numbers = new Set([...options.accounts.keys(), ...live.map(({ number }) => number)]);
  const named = [...numbers]
    .sort((one, other) => one - other)
    .map((number) => {
      const found = owned.get(number);
      // Entries of taken accounts stay as long as cursors live.
      if (!found) throw new FeedGone(`no account ${number} of this owner`);
      return found;
    });
  const read = await readAccounts(
    table,
    organizationId,
    named.map(({ accountId }) => accountId),
    "",
  );

  const page = makePage(limit);
  const accounts = new Map<number, Position>();
  let hasMore = false;
  for (const { number, accountId, leftAt } of named) {
    const account = read.get(accountId);
    const known = options.accounts.get(number);
    if (!account) throw new Error(`no account ${accountId}`);
    const isOwned = leftAt === undefined;
    const start = isOwned || known === undefined ? known : leavingFrom(known);
    const position = await walkAccount(table, account, { start, isOwned, page, isLate });
    if (position !== undefined) accounts.set(number, position);
    const isAtEnd = position === undefined ? !isOwned : "at" in position && position.at >= account.feed.last;
    hasMore ||= !isAtEnd;
  }
  return { changes: page.changes(), accounts, hasMore };
};
