import { cleanse } from "#common/cleansing/rules.ts";
import type { ImportFacts, ImportLoading, StoredReceipt } from "#common/imports/registration.ts";
import { loadedEvents } from "../announcing/announce-loaded.ts";
import type { AccountEvent } from "../announcing/outbox.ts";
import { highestOf, type Row, type RulesAnswer } from "../rows/row.ts";
import type { TransactionRow } from "./file-row.ts";
import { type TransactionColumns, transactionKind } from "./kind.ts";
import { type LoadDeps, makeDecide } from "./load.ts";
import type { Receipt } from "./receipt.ts";
import { makeRestate, makeTakeBack } from "./take-back.ts";

export type TransactionImportsDeps = Omit<LoadDeps, "rulesOf"> & {
  defaultCurrency: string;
  /** Puts events of accounts on the bus. */
  publish(events: readonly AccountEvent[]): Promise<void>;
};

/** What the rules say of the description that a row shows. */
const rulesOf = (row: Row): RulesAnswer | undefined => {
  const description = highestOf(row)?.content.description;
  const answer = description === undefined ? undefined : cleanse(description);
  return description === undefined || answer === undefined ? undefined : { description, ...answer };
};

/** Files of transactions, as the import ledger loads them and takes them back. */
export const transactionImports = ({
  defaultCurrency,
  publish,
  ...others
}: TransactionImportsDeps): ImportLoading<TransactionRow, Receipt, TransactionColumns> => {
  const deps: LoadDeps = { ...others, rulesOf };
  return {
    kind: transactionKind(defaultCurrency),
    decide: makeDecide(deps),
    restate: makeRestate(deps),
    takeBack: makeTakeBack(deps),
    announce: (
      loaded: ImportFacts & { readonly chunk: number },
      receipts: readonly StoredReceipt<Receipt>[],
    ): Promise<void> => publish(loadedEvents(loaded, receipts)),
  };
};
