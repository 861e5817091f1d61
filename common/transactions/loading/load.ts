import type { Batch, Decision, Difference, FileRow, ImportFacts } from "#common/imports/registration.ts";
import type { Write } from "#common/table/table.ts";
import type { Account } from "../accounts/account.ts";
import { readNeighbours } from "../changes/neighbours.ts";
import { type ChangeTable, type Plan, planChange } from "../changes/plan.ts";
import { readAccounts, readRows } from "../changes/read.ts";
import {
  highestOf,
  type Row,
  type RulesAnswer,
  type Saying,
  say,
  unsay,
  type Verdict,
  verdictOf,
} from "../rows/row.ts";
import { differingFields } from "./differences.ts";
import { emptyRow, type TransactionRow } from "./file-row.ts";
import { type AccountReceipt, type Receipt, receiptOf } from "./receipt.ts";

export type LoadDeps = {
  table: Pick<ChangeTable, "getMany" | "queryPage">;
  now: () => number;
  rulesOf: (row: Row) => RulesAnswer | undefined;
  /** Whether a vendor is asked about what a take-back shows again; a load asks when its chunk is announced. */
  asksVendor?: boolean;
  /** Has what goes through all organizations know this one; done before the first account of it is written. */
  register: (organizationId: string) => Promise<void>;
};

const DAY_MS = 86_400_000;

export const sayingOf = (
  { number, importId, startedAt }: ImportFacts,
  { line, row }: FileRow<TransactionRow>,
): Saying => ({ number, importId, line, day: Math.floor(startedAt / DAY_MS), content: row.content });

/** A line of a batch with the id of the row that it is about. */
export type Line = { readonly fileRow: FileRow<TransactionRow>; readonly empty: Row };

export const byAccount = (rows: readonly FileRow<TransactionRow>[], time: string): Map<string, Line[]> => {
  const accounts = new Map<string, Line[]>();
  for (const fileRow of rows) {
    const line = { fileRow, empty: emptyRow(fileRow.row, fileRow.ordinal, time) };
    const lines = accounts.get(fileRow.row.accountId);
    if (lines) lines.push(line);
    else accounts.set(fileRow.row.accountId, [line]);
  }
  return accounts;
};

/** Accounts and the rows that lines name, the accounts first: a change between the two is found by their version. */
export const readFor = async (
  table: LoadDeps["table"],
  organizationId: string,
  named: ReadonlyMap<string, readonly string[]>,
  time: string,
) => {
  const accounts = await readAccounts(table, organizationId, [...named.keys()], time);
  const rows = await readRows(
    table,
    organizationId,
    [...named].flatMap(([accountId, ids]) => ids.map((transactionId) => ({ accountId, transactionId }))),
  );
  return [...accounts.values()].map((account) => ({
    account,
    rows: rows.get(account.accountId) ?? new Map<string, Row>(),
  }));
};

/** The plan of an account's change, with the rows read that the changed ones may be matched with. */
export const planWithNeighbours = async (
  { table, rulesOf }: Pick<LoadDeps, "table" | "rulesOf">,
  account: Account,
  before: ReadonlyMap<string, Row>,
  { changed, time }: { changed: readonly Row[]; time: string },
): Promise<Plan> => {
  const stood = changed.flatMap(({ transactionId }) => before.get(transactionId) ?? []);
  const neighbours = await readNeighbours(table, account, [...stood, ...changed]);
  const all = new Map(neighbours.map((row) => [row.transactionId, row]));
  for (const row of before.values()) all.set(row.transactionId, row);
  return planChange({ account, before: all, changed, matched: true }, { table, time, rulesOf });
};

type Judged = { line: number; verdict: Verdict; difference: () => Difference[] };

const judge = ({ fileRow, empty }: Line, row: Row | undefined, saying: Saying): Judged => {
  const verdict = fileRow.repeat ? (fileRow.repeat.same ? "unchanged" : "changed") : verdictOf(row, saying);
  return {
    line: fileRow.line,
    verdict,
    difference: () => {
      if (verdict === "unchanged") return [];
      const without = fileRow.repeat ? row : row && unsay(row, saying.number);
      const before = without && highestOf(without)?.content;
      const said = highestOf(say(without ?? empty, saying, { always: true }))?.content ?? saying.content;
      const { accountId } = fileRow.row;
      const { transactionId } = empty;
      const fields = differingFields(before, said);
      return [{ line: fileRow.line, accountId, transactionId, verdict, fields }];
    },
  };
};

/** What becomes of a batch: pure but for its reads, and written by the ledger together with its receipt. */
export const makeDecide =
  (deps: LoadDeps) =>
  async ({ import: facts, rows }: Batch<TransactionRow>): Promise<Decision<Receipt>> => {
    const { organizationId, beside, dryRun } = facts;
    const time = new Date(deps.now()).toISOString();
    const lines = byAccount(rows, time);
    const named = new Map(
      [...lines].map(([accountId, some]) => [accountId, some.map(({ empty }) => empty.transactionId)]),
    );
    if (!dryRun) await deps.register(organizationId);
    const judged: Judged[] = [];
    const writes: Write[] = [];
    const receipt: AccountReceipt[] = [];
    for (const { account, rows: before } of await readFor(deps.table, organizationId, named, time)) {
      const working = new Map<string, Row>();
      const added: string[] = [];
      for (const line of lines.get(account.accountId) ?? []) {
        const { transactionId } = line.empty;
        const row = working.get(transactionId) ?? before.get(transactionId);
        const saying = sayingOf(facts, line.fileRow);
        const found = judge(line, row, saying);
        judged.push(found);
        if (found.verdict === "added") added.push(transactionId);
        const next = say(row ?? line.empty, saying, { always: beside || line.fileRow.repeat !== undefined });
        if (next !== row) working.set(transactionId, next);
      }
      if (working.size === 0) continue;
      const changed = [...working.values()];
      const plan = await planWithNeighbours(deps, account, before, { changed, time });
      writes.push(...plan.writes);
      receipt.push(receiptOf(account, plan.account, { said: [...working.keys()], added, time }));
    }
    const countOf = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).length;
    return {
      writes,
      added: countOf("added"),
      changed: countOf("changed"),
      unchanged: countOf("unchanged"),
      receipt,
      differences: () =>
        judged.flatMap(({ difference }) => difference()).sort((one, other) => one.line - other.line),
    };
  };
