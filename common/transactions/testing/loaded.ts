import type { ImportFacts } from "#common/imports/registration.ts";
import type { Item, Table } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { makeRegister, type Registration } from "../changes/register.ts";
import type { TransactionRow } from "../loading/file-row.ts";
import { makeDecide } from "../loading/load.ts";
import type { Receipt } from "../loading/receipt.ts";
import { makeTakeBack } from "../loading/take-back.ts";
import { makeRegisterOrganization } from "../organizations.ts";
import { anImport, fileRows, inBatches } from "./files.ts";

/** More than a transaction takes are loaded in several. */
const BATCH = 25;

export type LoadedOptions = { organizationId?: string; now?: () => number; table?: Table };

/** Accounts and transactions as imports and admins make them, in a table of memory or another one. */
export const makeLoaded = ({ organizationId = "demo", now = Date.now, table }: LoadedOptions = {}) => {
  const memory: MemoryTable | undefined = table ? undefined : memoryTable();
  const store = table ?? (memory as Table);
  const deps = { table: store, now, rulesOf: () => undefined, register: makeRegisterOrganization(store) };
  const receipts: { facts: ImportFacts; receipt: Receipt }[] = [];
  let numbers = 0;
  const transact = async (writes: Parameters<Table["transact"]>[0]): Promise<void> => {
    if (writes.length > 0 && !(await store.transact(writes)).done) throw new Error("somebody else wrote");
  };
  return {
    table: store,
    items: (): Item[] => memory?.items() ?? [],
    /** Loads a file as the next import, and answers what it counted. */
    load: async (rows: readonly TransactionRow[], over: Partial<ImportFacts> = {}) => {
      numbers += 1;
      const facts = anImport(numbers, { organizationId, startedAt: now(), ...over });
      const counts = { added: 0, changed: 0, unchanged: 0 };
      for (const batch of inBatches(fileRows(rows), BATCH)) {
        const decision = await makeDecide(deps)({ import: facts, rows: batch });
        await transact(decision.writes);
        receipts.push({ facts, receipt: decision.receipt });
        counts.added += decision.added;
        counts.changed += decision.changed;
        counts.unchanged += decision.unchanged;
      }
      return counts;
    },
    /** Takes an import back that no later one relies on. */
    undo: async (number: number): Promise<void> => {
      for (const { facts, receipt } of receipts.filter((one) => one.facts.number === number)) {
        const taken = await makeTakeBack(deps)(receipt, facts, () => false);
        await transact(taken.writes);
      }
    },
    own: (accountId: string, registration: Partial<Registration> = {}) =>
      makeRegister({ table: store, now, register: deps.register }).put(
        { organizationId, accountId, transactionId: "tx-1" },
        { owners: ["ann"], currency: "EUR", ...registration },
      ),
  };
};
