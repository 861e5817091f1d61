import { closeSync, openSync, writeSync } from "node:fs";

export const HEADER =
  "accountId,transactionId,postedAt,amount,currency,description,type,status,balance,checkNumber,memo";

const SHOPS = [
  "COFFEE HOUSE 0442 PORTLAND OR",
  "SHELL OIL 57442 SALEM OR",
  "Payroll ACME INC",
  '"Zoë’s Bakery, Main Street"',
  "WHOLEFDS MKT #10234",
  '"Transfer to savings, monthly"',
  "Netflix.com",
];
const DAY_MS = 86_400_000;

/** The nth row of a bank's night: some values quoted, some times of day, some not ASCII. */
const rowOf = (index: number): string => {
  const random = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  const cents = (random % 20_000) + 1;
  const amount = `${random % 5 === 0 ? "" : "-"}${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
  const time = new Date(
    Date.UTC(2026, 0, 1) + (random % 300) * DAY_MS + (random % 86_400) * 1000,
  ).toISOString();
  const postedAt = index % 3 === 0 ? `${time.slice(0, 19)}Z` : time.slice(0, 10);
  const type = amount.startsWith("-") ? "debit" : "credit";
  const balance = `${random % 90_000}.${String(random % 100).padStart(2, "0")}`;
  const memo = index % 4 === 0 ? "ref 2026/0442, card 1881" : "";
  return `member-${random % 20_000}:checking,core-${index.toString(36).padStart(9, "0")},${postedAt},${amount},USD,${SHOPS[random % SHOPS.length]},${type},${index % 20 === 0 ? "pending" : "posted"},${balance},${index % 50 === 0 ? 1000 + (index % 9000) : ""},${memo.includes(",") ? `"${memo}"` : memo}\n`;
};

/** What is wrong with some rows; each is a row that a library reads without complaint. */
const SPOILT: readonly [good: RegExp, bad: string][] = [
  [/^member-/, "-member-"],
  [/^[^,]*,/, "sync,"],
  [/,2026-/, ",2036-"],
  [/,2026-\d\d-\d\d/, ",2026-02-30"],
  [/,USD,/, ",usd,"],
  [/,(?:debit|credit),/, ",Debit,"],
  [/,posted,/, ",booked,"],
  [/\.\d\d,USD/, ".123,USD"],
];

/** Writes a file of so many rows, one in a hundred of them bad if asked for. */
export const writeCsvFile = (path: string, rows: number, someBad = false): void => {
  const file = openSync(path, "w");
  let text = `${HEADER}\n`;
  for (let index = 0; index < rows; index += 1) {
    const [good, bad] = SPOILT[(index / 100) % SPOILT.length] ?? [];
    text += someBad && good && bad ? rowOf(index).replace(good, bad) : rowOf(index);
    if (text.length < 1_000_000) continue;
    writeSync(file, text);
    text = "";
  }
  writeSync(file, text);
  closeSync(file);
};
