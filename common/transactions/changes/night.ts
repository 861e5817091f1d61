import { queryPages } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { accountPartition, BY_DATE } from "../keys.ts";
import { isPending } from "../rows/match.ts";
import { highestOf, type Row } from "../rows/row.ts";
import { rowFromItem } from "../rows/row-item.ts";
import { shownOf } from "../rows/shown.ts";
import { type ChangeTable, planChange } from "./plan.ts";
import { readAccount } from "./read.ts";
import { type Sleep, untilWritten, wait } from "./retry.ts";

export type NightDeps = { table: ChangeTable; now?: () => number; sleep?: Sleep };

/** So many rows that are hidden, with the account and sealed entries, fit one transaction. */
const ROWS_MAX = 80;

/** The pending rows that an account shows. */
const readPending = async (
  table: Pick<ChangeTable, "queryPage">,
  { organizationId, accountId, watchFrom, night }: Account,
): Promise<Row[]> => {
  if (watchFrom === undefined) return [];
  const rows: Row[] = [];
  const options = { pk: accountPartition(organizationId, accountId), index: BY_DATE, from: watchFrom };
  for await (const items of queryPages(table, { ...options, consistent: true })) {
    rows.push(...items.map(rowFromItem).filter((row) => isPending(row) && shownOf(row, night)));
  }
  return rows;
};

const dateOf = (row: Row): string => highestOf(row)?.content.postedAt ?? "";

/**
 * Hides the pending rows of an account that were listed too long before this night (a day, counted from 1970).
 * Where they are more than one transaction takes, the night is moved with the last of them.
 */
export const makeNight =
  ({ table, now = Date.now, sleep = wait }: NightDeps) =>
  async (organizationId: string, accountId: string, night: number): Promise<{ hidden: number }> => {
    let hidden = 0;
    for (let isDone = false; !isDone; ) {
      const { entries } = await untilWritten(table, sleep, async () => {
        isDone = true;
        const account = await readAccount(table, organizationId, accountId);
        if (account === undefined || account.night >= night) return { writes: [], entries: [] };
        const pending = await readPending(table, account);
        const stale = pending.filter((row) => shownOf(row, night) === undefined);
        isDone = stale.length <= ROWS_MAX;
        const changed = stale.slice(0, ROWS_MAX).map((row) => (isDone ? row : { ...row, night }));
        const gone = new Set(changed.map(({ transactionId }) => transactionId));
        const kept = pending.filter(({ transactionId }) => !gone.has(transactionId)).map(dateOf);
        const watchFrom = kept.toSorted()[0] ?? null;
        // An account whose rows all stay shown keeps its night: it is moved when that hides something.
        if (stale.length === 0 && watchFrom === (account.watchFrom ?? null))
          return { writes: [], entries: [] };
        const time = new Date(now()).toISOString();
        return planChange(
          {
            account,
            before: new Map(stale.map((row) => [row.transactionId, row])),
            changed,
            matched: false,
            ...(isDone && stale.length > 0 ? { night } : {}),
            watchFrom,
          },
          { table, time, rulesOf: () => undefined },
        );
      });
      hidden += entries.length;
    }
    return { hidden };
  };
