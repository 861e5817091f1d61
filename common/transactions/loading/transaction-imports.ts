import { type CsvValues, optional, required, withDefault } from "#common/csv/columns.ts";
import { strictFormat } from "#common/csv/format.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { ImportFacts, ImportKind, ImportLoading, StoredReceipt } from "#common/imports/registration.ts";
import { loadedEvents } from "../announcing/announce-loaded.ts";
import type { AccountEvent } from "../announcing/outbox.ts";
import { type Content, idOfBankId } from "../rows/content.ts";
import { contentOf, identityOf, orderOf, type TransactionRow, writesOf } from "./file-row.ts";
import { type LoadDeps, makeDecide } from "./load.ts";
import type { Receipt } from "./receipt.ts";
import { makeRestate, makeTakeBack } from "./take-back.ts";

const columns = {
  accountId: required({ kind: "id" }),
  transactionId: optional({ kind: "foreignId", charactersMax: 255 }),
  postedAt: required({ kind: "instant" }),
  amount: required({ kind: "amount", currencyColumn: "currency" }),
  balance: optional({ kind: "amount", currencyColumn: "currency" }),
  currency: optional({ kind: "currency" }),
  description: required({ kind: "text", charactersMax: 1_000 }),
  type: required({ kind: "oneOf", words: ["debit", "credit"] }),
  status: withDefault({ kind: "oneOf", words: ["pending", "posted"] }, "posted"),
  checkNumber: optional({ kind: "text", charactersMax: 50 }),
  memo: optional({ kind: "text", charactersMax: 1_000 }),
} as const;

export type TransactionColumns = typeof columns;

const given = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [N in Name]?: string };

const rowOf = (values: CsvValues<TransactionColumns>): TransactionRow => {
  const { accountId, transactionId, postedAt, amount, balance, currency = "", description } = values;
  const { type, status, checkNumber, memo, extra } = values;
  // One that can stand in no path is the bank's alone.
  const isOurs = transactionId !== undefined && givenIdFault(transactionId) === undefined;
  const content: Content = {
    postedAt,
    amount,
    currency,
    description,
    // The column has no other words.
    type: type as Content["type"],
    status: status as Content["status"],
    ...given("balance", balance),
    ...given("checkNumber", checkNumber),
    ...given("memo", memo),
    ...(transactionId === undefined || isOurs ? {} : { bankId: transactionId }),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
  if (transactionId === undefined) return { accountId, content };
  return { accountId, transactionId: isOurs ? transactionId : idOfBankId(transactionId), content };
};

/** What a file of transactions is; `defaultCurrency` is that of rows which name none. */
export const transactionKind = (defaultCurrency: string): ImportKind<TransactionRow, TransactionColumns> => ({
  service: "transactions",
  format: strictFormat(columns),
  defaults: { currency: defaultCurrency },
  rowOf,
  identityOf,
  contentOf,
  orderOf,
  writesOf,
  differenceColumns: ["accountId", "transactionId"],
});

export type TransactionImportsDeps = LoadDeps & {
  defaultCurrency: string;
  /** Puts events of accounts on the bus. */
  publish(events: readonly AccountEvent[]): Promise<void>;
};

/** Files of transactions, as the import ledger loads them and takes them back. */
export const transactionImports = (
  deps: TransactionImportsDeps,
): ImportLoading<TransactionRow, Receipt, TransactionColumns> => ({
  kind: transactionKind(deps.defaultCurrency),
  decide: makeDecide(deps),
  restate: makeRestate(deps),
  takeBack: makeTakeBack(deps),
  announce: (
    loaded: ImportFacts & { readonly chunk: number },
    receipts: readonly StoredReceipt<Receipt>[],
  ): Promise<void> => deps.publish(loadedEvents(loaded, receipts)),
});
