/** A way to spoil a good row, and what a reader must say of it. */
export type Spoiling = {
  column: string | null;
  code: string;
  spoil: (fields: readonly string[]) => string;
};

export const COLUMNS = [
  "accountId",
  "transactionId",
  "postedAt",
  "amount",
  "currency",
  "description",
  "type",
  "status",
  "balance",
  "checkNumber",
  "memo",
] as const;

type Column = (typeof COLUMNS)[number];

/** The fields, already as they stand in the file, with one of them replaced. */
const replaced =
  (column: Column, text: string) =>
  (fields: readonly string[]): string =>
    fields.with(COLUMNS.indexOf(column), text).join(",");

const spoiling = (column: Column, code: string, text: string): Spoiling => ({
  column,
  code,
  spoil: replaced(column, text),
});

/** One for each fault that one row can have, but for those of megabytes and of bytes that are no UTF-8. */
export const SPOILINGS: readonly [Spoiling, ...Spoiling[]] = [
  { column: null, code: "FIELD_COUNT", spoil: (fields) => fields.slice(0, 6).join(",") },
  { column: null, code: "FIELD_COUNT", spoil: (fields) => `${fields.join(",")},x` },
  spoiling("accountId", "REQUIRED", ""),
  spoiling("description", "REQUIRED", ""),
  spoiling("accountId", "ID_INVALID", "account 1"),
  spoiling("accountId", "ID_INVALID", "sync"),
  spoiling("transactionId", "ID_INVALID", "T".repeat(256)),
  spoiling("postedAt", "DATE_INVALID", "2026-02-30"),
  spoiling("postedAt", "DATE_INVALID", "03/01/2026"),
  spoiling("amount", "AMOUNT_INVALID", '"1,204.50"'),
  spoiling("amount", "AMOUNT_INVALID", "(12.30)"),
  spoiling("amount", "AMOUNT_INVALID", "12.345"),
  spoiling("balance", "AMOUNT_INVALID", "1e5"),
  spoiling("currency", "CURRENCY_UNKNOWN", "usd"),
  spoiling("type", "VALUE_UNKNOWN", "Debit"),
  spoiling("status", "VALUE_UNKNOWN", "booked"),
  spoiling("checkNumber", "TOO_LONG", "1".repeat(51)),
  spoiling("memo", "TOO_LONG", "m".repeat(1_001)),
  spoiling("memo", "CONTROL_CHARACTER", "a\0b"),
  spoiling("description", "QUOTE_MISPLACED", 'SQ *JOE "JO" DOE'),
];
