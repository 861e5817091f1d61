import { type CsvValues, optional, required, withDefault } from "#common/csv/columns.ts";
import { strictFormat } from "#common/csv/format.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import type { ImportKind } from "#common/imports/registration.ts";
import { type Content, idOfBankId } from "../rows/content.ts";
import { contentOf, identityOf, orderOf, type TransactionRow, writesOf } from "./file-row.ts";

const columns = {
  accountId: required({ kind: "id" }),
  transactionId: optional({ kind: "foreignId", charactersMax: 255 }),
  postedAt: required({ kind: "instant" }),
  amount: required({ kind: "amount", currencyColumn: "currency" }),
  balance: optional({ kind: "amount", currencyColumn: "currency" }),
  // Each import stores the setting's value in its place.
  currency: withDefault({ kind: "currency" }, "USD"),
  description: required({ kind: "text", charactersMax: 1_000 }),
  type: required({ kind: "oneOf", words: ["debit", "credit"] }),
  status: withDefault({ kind: "oneOf", words: ["pending", "posted"] }, "posted"),
  checkNumber: optional({ kind: "text", charactersMax: 50 }),
  memo: optional({ kind: "text", charactersMax: 1_000 }),
} as const;

export type TransactionColumns = typeof columns;

/** Names in one order, whatever order the columns have: equal rows are then equal as JSON. */
const sortedByName = (extra: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(extra).sort(([one], [other]) => (one < other ? -1 : 1)));

/** The id that a row goes by: the bank's, or one that follows from it where that could not stand in a path. */
const idsOf = (bankId: string | undefined): { transactionId?: string; bankId?: string } => {
  if (bankId === undefined) return {};
  return givenIdFault(bankId) === undefined
    ? { transactionId: bankId }
    : { transactionId: idOfBankId(bankId), bankId };
};

const rowOf = (values: CsvValues<TransactionColumns>): TransactionRow => {
  const { accountId, postedAt, amount, currency, description, balance, checkNumber, memo, extra } = values;
  const { transactionId, bankId } = idsOf(values.transactionId);
  const content: Content = {
    postedAt,
    amount,
    currency,
    description,
    type: values.type === "debit" ? "debit" : "credit",
    status: values.status === "pending" ? "pending" : "posted",
    ...(balance === undefined ? {} : { balance }),
    ...(checkNumber === undefined ? {} : { checkNumber }),
    ...(memo === undefined ? {} : { memo }),
    ...(bankId === undefined ? {} : { bankId }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra: sortedByName(extra) }),
  };
  return { accountId, ...(transactionId === undefined ? {} : { transactionId }), content };
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
