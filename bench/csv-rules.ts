import { NOW_MS } from "../common/csv/testing/movements.ts";
import { RESERVED_IDS } from "../common/ids/given-id.ts";
import { currencyCodes } from "../common/money/currencies.ts";

type Record = { [column: string]: string };

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const RESERVED = new Set(RESERVED_IDS);
const CURRENCIES = new Set(currencyCodes());
const PRINTABLE = /^[^\p{Cc}\u2028\u2029]{1,255}$/u;
const AMOUNT = /^-?(?:0|[1-9]\d{0,14})\.\d\d$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const LATEST = new Date(new Date(NOW_MS).setUTCFullYear(new Date(NOW_MS).getUTCFullYear() + 1)).toISOString();

/** In the order of the schema, which is that of the files here: JSON then has it too. */
const isGood = (row: Record, postedAt: string): boolean =>
  ID.test(row.accountId ?? "") &&
  !RESERVED.has(row.accountId ?? "") &&
  (!row.transactionId || PRINTABLE.test(row.transactionId)) &&
  postedAt !== "" &&
  AMOUNT.test(row.amount ?? "") &&
  CURRENCIES.has(row.currency || "USD") &&
  row.description !== "" &&
  (row.description ?? "").length <= 1_000 &&
  (row.type === "debit" || row.type === "credit") &&
  (!row.status || row.status === "posted" || row.status === "pending") &&
  (!row.balance || AMOUNT.test(row.balance)) &&
  (row.checkNumber ?? "").length <= 50 &&
  (row.memo ?? "").length <= 1_000;

const toInstant = (text: string): string => {
  const utc = DAY.test(text) ? `${text}T00:00:00.000Z` : TIME.test(text) ? `${text.slice(0, -1)}.000Z` : "";
  const time = new Date(utc).getTime();
  // JavaScript takes February 30 for March 2.
  return time >= 0 && utc <= LATEST && new Date(time).toISOString() === utc ? utc : "";
};

/**
 * What a careful user of a CSV library writes by hand: the values of a record as a line of JSON, or undefined if
 * one is bad. It knows the files of this benchmark: amounts of two decimals, times in UTC.
 */
export const checkedLine = (row: Record): string | undefined => {
  const postedAt = toInstant(row.postedAt ?? "");
  if (!isGood(row, postedAt)) return undefined;
  return JSON.stringify({
    accountId: row.accountId,
    transactionId: row.transactionId || undefined,
    postedAt,
    amount: row.amount,
    currency: row.currency || "USD",
    description: row.description,
    type: row.type,
    status: row.status || "posted",
    balance: row.balance || undefined,
    checkNumber: row.checkNumber || undefined,
    memo: row.memo || undefined,
  });
};

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

const COLUMNS =
  "accountId transactionId postedAt amount currency description type status balance checkNumber memo".split(
    " ",
  );

/** The same for DuckDB: text columns, rules as predicates, and JSON out. */
export const duckdbCopy = (from: string, to: string): string => `COPY (
  SELECT accountId, transactionId,
    strftime(CAST(postedAt AS TIMESTAMPTZ) AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ') AS postedAt,
    amount, coalesce(currency, 'USD') AS currency, description, type, coalesce(status, 'posted') AS status,
    balance, checkNumber, memo
  FROM read_csv('${from}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
    columns = { ${COLUMNS.map((name) => `${name}: 'VARCHAR'`).join(", ")} })
  WHERE regexp_full_match(accountId, '[A-Za-z0-9][A-Za-z0-9._:-]{0,99}')
    AND accountId NOT IN (${list(RESERVED_IDS)})
    AND (transactionId IS NULL OR regexp_full_match(transactionId, '[^\\x00-\\x1f\\x7f]{1,255}'))
    AND regexp_full_match(postedAt, '[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?')
    AND TRY_CAST(postedAt AS TIMESTAMPTZ) BETWEEN '1970-01-01 00:00:00+00' AND '${LATEST}'
    AND regexp_full_match(amount, '-?(0|[1-9][0-9]{0,14})\\.[0-9]{2}')
    AND coalesce(currency, 'USD') IN (${list(currencyCodes())})
    AND length(description) BETWEEN 1 AND 1000
    AND type IN ('debit', 'credit')
    AND coalesce(status, 'posted') IN ('pending', 'posted')
    AND (balance IS NULL OR regexp_full_match(balance, '-?(0|[1-9][0-9]{0,14})\\.[0-9]{2}'))
    AND (checkNumber IS NULL OR length(checkNumber) <= 50)
    AND (memo IS NULL OR length(memo) <= 1000)
) TO '${to}' (FORMAT JSON)`;
