import { AppError } from "#common/errors/app-error.ts";
import type { Account } from "../accounts/account.ts";
import { type Edit, newerEdit, type Row } from "../rows/row.ts";
import { type Shown, shownOf } from "../rows/shown.ts";
import { type ChangeTable, type Plan, planChange } from "./plan.ts";
import { readAccount, readRows } from "./read.ts";
import { type RecordChange, type Sleep, untilWritten, wait } from "./retry.ts";

/** What a person sets; null gives a field back to the machine, and a field that is absent stays. */
export type Edits = { category?: string | null; note?: string | null };

export type EditDeps = { table: ChangeTable; now?: () => number; sleep?: Sleep };

export type EditTarget = { organizationId: string; accountId: string; transactionId: string; userId: string };

/** A row as it is shown on its account, with the time when that changed. */
export type ShownRow = Shown & { accountId: string; updatedAt: string };

const FIELDS = ["category", "note"] as const;

/** The row with what differs from the newest edit that it shows. */
const edited = (row: Row, edits: Edits, at: number): Row => {
  const person: { category?: Edit; note?: Edit } = { ...row.person };
  for (const field of FIELDS) {
    const value = edits[field];
    const newest = newerEdit(row.person[field], row.pair?.[field])?.value ?? null;
    if (value !== undefined && value !== newest) person[field] = { value, at };
  }
  return { ...row, person };
};

/** The pending row that this one took, with the same edits: they show again when it does. */
const withSameEdits = (pair: Row, row: Row, edits: Edits): Row => {
  const person = { ...pair.person };
  for (const field of FIELDS) {
    const edit = row.person[field];
    if (edits[field] !== undefined && edit !== undefined) person[field] = edit;
  }
  return { ...pair, person };
};

/** The account if it is this user's; `NOT_FOUND` for everybody else, an admin too. */
export const ownAccount = async (
  table: Pick<ChangeTable, "get">,
  { organizationId, accountId, userId }: Pick<EditTarget, "organizationId" | "accountId" | "userId">,
): Promise<Account> => {
  const account = await readAccount(table, organizationId, accountId);
  if (!account?.owners.includes(userId)) throw new AppError("NOT_FOUND");
  return account;
};

/**
 * Sets what a person says of a transaction. An edit of a posted row is one of the pending row that it took, too,
 * because an import that is undone may bring that one back.
 */
export const makeEdit =
  ({ table, now = Date.now, sleep = wait }: EditDeps) =>
  async (target: EditTarget, edits: Edits, record?: RecordChange): Promise<ShownRow> => {
    const { organizationId, accountId, transactionId } = target;
    const read = async (ids: readonly string[]) => {
      const named = ids.map((id) => ({ accountId, transactionId: id }));
      return (await readRows(table, organizationId, named)).get(accountId) ?? new Map<string, Row>();
    };
    const planned = await untilWritten(
      table,
      sleep,
      async (): Promise<Plan & { shown: ShownRow }> => {
        const account = await ownAccount(table, target);
        const before = await read([transactionId]);
        const row = before.get(transactionId);
        if (!row || shownOf(row, account.night) === undefined) throw new AppError("NOT_FOUND");
        const next = edited(row, edits, account.version + 1);
        const changed = [next];
        if (row.pair) {
          const pair = (await read([row.pair.id])).get(row.pair.id);
          if (pair) {
            before.set(pair.transactionId, pair);
            changed.push(withSameEdits(pair, next, edits));
          }
        }
        const time = new Date(now()).toISOString();
        const plan = await planChange(
          { account, before, changed, matched: false },
          { table, time, rulesOf: () => undefined },
        );
        const written = plan.rows.find(({ after }) => after?.transactionId === transactionId)?.after ?? row;
        const shown = shownOf(written, account.night);
        if (!shown) throw new AppError("NOT_FOUND");
        return { ...plan, shown: { ...shown, accountId, updatedAt: written.updatedAt } };
      },
      record,
    );
    return planned.shown;
  };
