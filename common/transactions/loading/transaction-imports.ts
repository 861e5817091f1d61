import type { ImportFacts, ImportLoading, StoredReceipt } from "#common/imports/registration.ts";
import { loadedEvents } from "../announcing/announce-loaded.ts";
import type { AccountEvent } from "../announcing/outbox.ts";
import { messagesOfReceipts, type RowsMessage } from "../cleansing/cleansing-message.ts";
import { rulesOf } from "../rows/rules-of.ts";
import type { TransactionRow } from "./file-row.ts";
import { type TransactionColumns, transactionKind } from "./kind.ts";
import { type LoadDeps, makeDecide } from "./load.ts";
import type { Receipt } from "./receipt.ts";
import { makeRestate, makeTakeBack } from "./take-back.ts";

export type TransactionImportsDeps = Omit<LoadDeps, "rulesOf"> & {
  defaultCurrency: string;
  /** Puts events of accounts on the bus. */
  publish(events: readonly AccountEvent[]): Promise<void>;
  /** Has the cleansing vendor asked about what was loaded; absent where none is set. */
  cleanse?(messages: readonly RowsMessage[]): Promise<void>;
};

/** Files of transactions, as the import ledger loads them and takes them back. */
export const transactionImports = ({
  defaultCurrency,
  publish,
  cleanse,
  ...others
}: TransactionImportsDeps): ImportLoading<TransactionRow, Receipt, TransactionColumns> => {
  const deps: LoadDeps = { ...others, rulesOf };
  return {
    kind: transactionKind(defaultCurrency),
    decide: makeDecide(deps),
    restate: makeRestate(deps),
    takeBack: makeTakeBack(deps),
    announce: async (
      loaded: ImportFacts & { readonly chunk: number },
      receipts: readonly StoredReceipt<Receipt>[],
    ): Promise<void> => {
      await publish(loadedEvents(loaded, receipts));
      await cleanse?.(messagesOfReceipts(loaded.organizationId, receipts));
    },
  };
};
