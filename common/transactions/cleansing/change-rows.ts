import { AppError } from "#common/errors/app-error.ts";
import { type ChangeTable, type Plan, planChange } from "../changes/plan.ts";
import { readAccount, readRows } from "../changes/read.ts";
import { type Sleep, untilWritten, wait } from "../changes/retry.ts";
import type { Row, RulesAnswer } from "../rows/row.ts";

export type ChangeRowsDeps = {
  table: ChangeTable;
  now: () => number;
  rulesOf: (row: Row) => RulesAnswer | undefined;
  sleep?: Sleep;
};

export type RowsOfAccount = { organizationId: string; accountId: string; transactionIds: readonly string[] };

/** So many rows, with the account and sealed entries, fit one transaction. */
const ROWS_MAX = 80;
/** The vendor was paid for the answer: it is worth more patience than a person's click has. */
const ROUNDS = 6;

/**
 * Changes rows of an account through the sync feed; answers how many then show something else. Of a dry run nothing
 * is written.
 */
export const makeChangeRows = ({ table, now, rulesOf, sleep = wait }: ChangeRowsDeps) => {
  const change = async (
    { organizationId, accountId, transactionIds }: RowsOfAccount,
    changed: (row: Row) => Row,
    dryRun: boolean,
  ): Promise<number> => {
    const plan = async (): Promise<Pick<Plan, "writes" | "entries">> => {
      const account = await readAccount(table, organizationId, accountId);
      if (account === undefined) return { writes: [], entries: [] };
      const named = transactionIds.map((transactionId) => ({ accountId, transactionId }));
      const before = (await readRows(table, organizationId, named)).get(accountId) ?? new Map<string, Row>();
      const time = new Date(now()).toISOString();
      return planChange(
        { account, before, changed: [...before.values()].map(changed), matched: false },
        { table, time, rulesOf },
      );
    };
    if (dryRun) return (await plan()).entries.length;
    for (let round = 1; ; round += 1) {
      try {
        return (await untilWritten(table, sleep, plan)).entries.length;
      } catch (error) {
        const isTaken = error instanceof AppError && error.code === "ACCOUNT_IN_CHANGE";
        if (!isTaken || round >= ROUNDS) throw error;
      }
    }
  };

  return async (
    { transactionIds, ...account }: RowsOfAccount,
    changed: (row: Row) => Row,
    dryRun = false,
  ): Promise<number> => {
    let entries = 0;
    for (let start = 0; start < transactionIds.length; start += ROWS_MAX) {
      const part = transactionIds.slice(start, start + ROWS_MAX);
      entries += await change({ ...account, transactionIds: part }, changed, dryRun);
    }
    return entries;
  };
};

export type ChangeRows = ReturnType<typeof makeChangeRows>;
