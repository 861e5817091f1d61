import { calendar } from "./calendar.ts";
import { Chance } from "./chance.ts";
import { COLUMNS, SPOILINGS } from "./faults.ts";
import { life, type Movement, type Scenario } from "./lives.ts";

export type Wanted = {
  rows: number;
  seed: number;
  accounts: number;
  days: number;
  /** The last day, `2026-10-31`. */
  until: string;
  scenario?: Scenario | undefined;
  /** The share of rows that are spoilt. */
  faults: number;
  /** The file of the night after: it repeats a week, posts what was pending, corrects, and has one more day. */
  overlap: boolean;
};

/** A rejected row that a reader of the file must report. */
export type ExpectedReject = { line: number; errors: [{ column: string | null; code: string }] };

/** Days at the end whose purchases are still pending. */
const PENDING_DAYS = 2;

/** Days that a night's file repeats. */
const REPEATED_DAYS = 7;

/** Of the rows that are repeated, how many come with a better description. */
const CORRECTED_SHARE = 0.01;

const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

const money = (cents: number): string => {
  const size = Math.abs(cents);
  return `${cents < 0 ? "-" : ""}${Math.floor(size / 100)}.${TWO[size % 100]}`;
};

const time = (second: number): string =>
  `T${TWO[Math.floor(second / 3600)]}:${TWO[Math.floor(second / 60) % 60]}:${TWO[second % 60]}Z`;

const quoted = (text: string): string =>
  text.includes(",") || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;

export const accountIds = (seed: number, accounts: number): string[] =>
  Array.from({ length: accounts }, (_, index) => `mock-${seed}-${index + 1}`);

const fieldsOf = (
  { second, cents, description, memo, checkNumber }: Movement,
  accountId: string,
  sequence: number,
  iso: string,
  balance: string,
): string[] => [
  accountId,
  `${accountId}.${sequence}`,
  second < 0 ? iso : iso + time(second),
  money(cents),
  "USD",
  quoted(description),
  cents < 0 ? "debit" : "credit",
  balance === "" ? "pending" : "posted",
  balance,
  checkNumber,
  quoted(memo),
];

/**
 * The lives of some accounts as a file of transactions, in pieces: account by account, each in the order of its days.
 * The same wishes give the same bytes, whenever and wherever.
 */
export function* transactionsFile(
  wanted: Wanted,
  expect: (reject: ExpectedReject) => void,
): Generator<string> {
  const { rows, seed, accounts, scenario, faults, overlap } = wanted;
  const days = calendar(wanted.until, wanted.days);
  const today = days.length - 1;
  const spoiled = new Chance(seed, 0xfa017, overlap ? 1 : 0);
  let text = `${COLUMNS.join(",")}\n`;
  let line = 1;
  const ids = accountIds(seed, accounts);
  for (let account = 0; account < ids.length; account += 1) {
    const id = ids[account] ?? "";
    const share = Math.floor(rows / accounts) + (account < rows % accounts ? 1 : 0);
    const { movements, nextDay } = life([seed, account], days, share, scenario);
    const corrected = new Chance(seed, account, 0xc0ec);
    let balance = scenario === "overdraft" ? 2_000 : 250_000 + ((seed * 7 + account * 13) % 400_000);
    const all = overlap ? [...movements, ...nextDay] : movements;
    const end = overlap ? today + 1 : today;
    for (let index = 0; index < all.length; index += 1) {
      const movement = all[index];
      if (movement === undefined) continue;
      const isPending = movement.second >= 0 && movement.day >= end - PENDING_DAYS;
      if (!isPending) balance += movement.cents;
      if (overlap && movement.day < end - REPEATED_DAYS) continue;
      const isCorrected = overlap && movement.day < today && corrected.happens(CORRECTED_SHARE);
      const shown = {
        ...movement,
        cents: isPending ? (movement.pendingCents ?? movement.cents) : movement.cents,
        description: isCorrected ? `${movement.description} (CORRECTED)` : movement.description,
      };
      const iso = days[movement.day]?.iso ?? "";
      const fields = fieldsOf(shown, id, index + 1, iso, isPending ? "" : money(balance));
      line += 1;
      if (faults > 0 && spoiled.happens(faults)) {
        const { column, code, spoil } = spoiled.of(SPOILINGS);
        text += `${spoil(fields)}\n`;
        expect({ line, errors: [{ column, code }] });
      } else text += `${fields.join(",")}\n`;
      if (text.length < PIECE_CHARACTERS) continue;
      yield text;
      text = "";
    }
  }
  yield text;
}

const PIECE_CHARACTERS = 256 * 1024;
