import { optional, required, withDefault } from "../columns.ts";
import { strictFormat } from "../format.ts";

export const NOW_MS = Date.UTC(2026, 10, 21, 12);

/** Columns with every rule that there is: those of an account's movements. */
export const MOVEMENTS = strictFormat({
  accountId: required({ kind: "id" }),
  transactionId: optional({ kind: "foreignId", charactersMax: 255 }),
  postedAt: required({ kind: "instant" }),
  amount: required({ kind: "amount", currencyColumn: "currency" }),
  currency: withDefault({ kind: "currency" }, "USD"),
  description: required({ kind: "text", charactersMax: 1_000 }),
  type: required({ kind: "oneOf", words: ["debit", "credit"] }),
  status: withDefault({ kind: "oneOf", words: ["pending", "posted"] }, "posted"),
  balance: optional({ kind: "amount", currencyColumn: "currency" }),
  checkNumber: optional({ kind: "text", charactersMax: 50 }),
  memo: optional({ kind: "text", charactersMax: 1_000 }),
});
