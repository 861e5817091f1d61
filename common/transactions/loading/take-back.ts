import type { Batch, ImportFacts, Restatement, TakenBack } from "#common/imports/registration.ts";
import type { Write } from "#common/table/table.ts";
import { viewOf } from "../accounts/account.ts";
import { balanceEvents, outboxItem } from "../announcing/outbox.ts";
import { balanceChanged } from "../changes/plan.ts";
import { rowsToAsk } from "../cleansing/question.ts";
import { isSameContent } from "../rows/content.ts";
import { highestOf, isSaidAfter, type Row, sayAgain, unsay } from "../rows/row.ts";
import type { TransactionRow } from "./file-row.ts";
import { byAccount, type LoadDeps, planWithNeighbours, readFor, sayingOf } from "./load.ts";
import { type AccountReceipt, type Receipt, receiptOf } from "./receipt.ts";

/** What a key of a row is to `takeBack` and to `restate`. */
const keyOf = (accountId: string, transactionId: string): string => `${accountId}#${transactionId}`;

/** Has a standing import say what it left unsaid because the one to be undone said the same. */
export const makeRestate =
  (deps: LoadDeps) =>
  async (
    { import: facts, rows }: Batch<TransactionRow>,
    undone: ImportFacts,
  ): Promise<Restatement<Receipt>> => {
    const time = new Date(deps.now()).toISOString();
    const lines = byAccount(rows, time);
    const named = new Map(
      [...lines].map(([accountId, some]) => [accountId, some.map(({ empty }) => empty.transactionId)]),
    );
    const writes: Write[] = [];
    const receipt: AccountReceipt[] = [];
    const said: string[] = [];
    for (const { account, rows: before } of await readFor(deps.table, facts.organizationId, named, time)) {
      const working = new Map<string, Row>();
      for (const { fileRow, empty } of lines.get(account.accountId) ?? []) {
        const row = working.get(empty.transactionId) ?? before.get(empty.transactionId);
        const next = row && sayAgain(row, sayingOf(facts, fileRow), undone.number);
        if (next !== undefined && next !== row) working.set(empty.transactionId, next);
      }
      if (working.size === 0) continue;
      const changed = [...working.values()];
      const plan = await planWithNeighbours(deps, account, before, { changed, time });
      writes.push(...plan.writes);
      receipt.push(receiptOf(account, plan.account, { said: [...working.keys()], added: [], time }));
      said.push(...[...working.keys()].map((transactionId) => keyOf(account.accountId, transactionId)));
    }
    return { writes, receipt, said };
  };

type Fate = "removed" | "restored" | "left";

/** What becomes of a row that an import added or changed; undefined of one that it left as it was. */
const fateOf = (row: Row, number: number, isSaidLater: boolean): Fate | undefined => {
  if (!row.said.some((saying) => saying.number === number)) return undefined;
  const upTo = (last: number) =>
    highestOf({ said: row.said.filter((saying) => saying.number <= last) })?.content;
  const [before, after] = [upTo(number - 1), upTo(number)];
  if (before && after && isSameContent(before, after)) return undefined;
  if (isSaidLater || isSaidAfter(row, number)) return "left";
  return unsay(row, number).said.length === 0 ? "removed" : "restored";
};

/** Takes all that an import said of the rows of one receipt out of them, each row at once. */
export const makeTakeBack =
  (deps: LoadDeps) =>
  async (
    receipt: Receipt,
    { organizationId, number, importId }: ImportFacts,
    saidLater: (key: string) => boolean,
  ): Promise<TakenBack> => {
    const time = new Date(deps.now()).toISOString();
    const named = new Map(receipt.map(({ accountId, said }) => [accountId, said]));
    const fates: Fate[] = [];
    const writes: Write[] = [];
    for (const { account, rows: before } of await readFor(deps.table, organizationId, named, time)) {
      const changed: Row[] = [];
      for (const row of before.values()) {
        const fate = fateOf(row, number, saidLater(keyOf(account.accountId, row.transactionId)));
        if (fate) fates.push(fate);
        const next = unsay(row, number);
        if (next !== row) changed.push(next);
      }
      if (changed.length === 0) continue;
      const plan = await planWithNeighbours(deps, account, before, { changed, time });
      writes.push(...plan.writes);
      const events = balanceChanged(account, plan.account)
        ? balanceEvents(plan.account, viewOf(plan.account), { time, cause: importId })
        : [];
      const toCleanse = deps.asksVendor ? rowsToAsk(plan) : [];
      if (events.length > 0 || toCleanse.length > 0) {
        writes.push({ put: outboxItem(plan.account, { events, toCleanse }, deps.now()) });
      }
    }
    const countOf = (fate: Fate) => fates.filter((one) => one === fate).length;
    return { writes, removed: countOf("removed"), restored: countOf("restored"), left: countOf("left") };
  };
