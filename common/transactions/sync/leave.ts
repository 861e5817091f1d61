import { queryPages, type Table } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { readAccount } from "../changes/read.ts";
import { entriesBehind, readBasePart } from "../feed/read-feed.ts";
import { accountPartition, transactionsBehind } from "../keys.ts";
import { rowFromItem } from "../rows/row-item.ts";
import { shownOf } from "../rows/shown.ts";
import type { Page } from "./page.ts";
import type { BasePlace, Position } from "./position.ts";

type LeaveTable = Pick<Table, "get" | "queryPage">;

type Had = { readonly transactionId: string; readonly had: boolean };

/** Rows that stand behind an id, with whether each is shown; at least `count` of them unless there are no more. */
const readStanding = async (
  table: LeaveTable,
  { organizationId, accountId }: Pick<Account, "organizationId" | "accountId">,
  night: number,
  behind: string,
  count: number,
): Promise<{ rows: Had[]; isAll: boolean }> => {
  const rows: Had[] = [];
  const options = { pk: accountPartition(organizationId, accountId), ...transactionsBehind(behind) };
  for await (const items of queryPages(table, { ...options, consistent: true, limit: count })) {
    for (const row of items.map(rowFromItem)) {
      rows.push({ transactionId: row.transactionId, had: shownOf(row, night) !== undefined });
    }
    if (rows.length >= count) return { rows, isAll: false };
  }
  return { rows, isAll: true };
};

/**
 * Rows that a reader had at a sequence, in the order of their ids: what stands now, save where an entry behind
 * that sequence says that it was otherwise. Rows are read first and the feed then, so that every change of a row
 * that was seen is in the feed that is read. Answers where to go on; undefined when all were said.
 */
export const leaveRows = async (
  table: LeaveTable,
  account: Account,
  { leaving, behind }: { leaving: number; behind: string },
  page: Page,
): Promise<Position | undefined> => {
  const { rows, isAll } = await readStanding(table, account, account.night, behind, page.room + 1);
  const last = rows.at(-1)?.transactionId ?? behind;
  const now = (await readAccount(table, account.organizationId, account.accountId)) ?? account;
  const had = new Map(rows.map((row) => [row.transactionId, row.had]));
  const changed = new Set<string>();
  for await (const { kind, transactionId } of entriesBehind(
    table,
    now,
    leaving,
    () => now.feed.last - leaving,
  )) {
    if (changed.has(transactionId)) continue;
    changed.add(transactionId);
    if (transactionId > behind && (isAll || transactionId <= last)) had.set(transactionId, kind !== "added");
  }
  let said = behind;
  for (const [transactionId, wasHad] of [...had].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (wasHad && !page.take(account.accountId, { kind: "removed", transactionId })) {
      return { leaving, behind: said };
    }
    said = transactionId;
  }
  return isAll ? undefined : { leaving, behind: last };
};

const isBefore = (one: BasePlace, other: BasePlace): boolean =>
  one.part < other.part || (one.part === other.part && one.rows < other.rows);

/** The rows of a base that a reader had read, which it gives back before it has the others. */
export const leaveBase = async (
  table: LeaveTable,
  account: Account,
  { leavingBase, had, place }: { leavingBase: number; had: BasePlace; place: BasePlace },
  page: Page,
): Promise<Position | undefined> => {
  let at = place;
  while (isBefore(at, had)) {
    const rows = await readBasePart(table, account, leavingBase, at.part);
    const row = rows?.[at.rows];
    if (row === undefined) {
      at = { part: at.part + 1, rows: 0 };
      continue;
    }
    for (const { transactionId } of rows?.slice(at.rows) ?? []) {
      if (!isBefore(at, had)) return undefined;
      if (!page.take(account.accountId, { kind: "removed", transactionId })) {
        return { leavingBase, had, place: at };
      }
      at = { part: at.part, rows: at.rows + 1 };
    }
  }
  return undefined;
};
