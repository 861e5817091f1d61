import { RESERVED_IDS } from "../ids/given-id.ts";
import { currencyCodes, currencyDecimals } from "../money/currencies.ts";

const tableOf = (value: (code: number) => number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) => value(code));

const isOneOf = (characters: string) => {
  const codes = new Set(Buffer.from(characters, "latin1"));
  return (code: number): number => (codes.has(code) ? 1 : 0);
};

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const LETTERS = LOWER + LOWER.toUpperCase();

/** What a byte of a text is: 0 ends it, 1 is plain, 2 is escaped in JSON or not printable, 4 is not ASCII. */
const textClass =
  (ends: string) =>
  (code: number): number => {
    if (ends.includes(String.fromCharCode(code))) return 0;
    if (code >= 128) return 4;
    return code < 32 || code === 127 || code === 92 ? 2 : 1;
  };

const DAYS_OF_MONTH = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Two digits, or -1. */
const twoAt = (bytes: Uint8Array, at: number): number => {
  const tens = ((bytes[at] ?? 0) - 48) | 0;
  const ones = ((bytes[at + 1] ?? 0) - 48) | 0;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? (tens * 10 + ones) | 0 : -1;
};

/** A day `2026-03-01` as the number 20260301, or -1 if there is no such day from 1970 on. */
export const dayAt = (bytes: Uint8Array, at: number): number => {
  const century = twoAt(bytes, at);
  const yearOfCentury = twoAt(bytes, at + 2);
  const month = twoAt(bytes, at + 5);
  const day = twoAt(bytes, at + 8);
  if (century < 19 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return -1;
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return -1;
  const year = (century * 100 + yearOfCentury) | 0;
  if (year < 1970 || day > (DAYS_OF_MONTH[month] ?? 0)) return -1;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return -1;
  return (year * 10_000 + month * 100 + day) | 0;
};

/** Whether `T09:30:00` stands there. */
export const isTimeAt = (bytes: Uint8Array, at: number): boolean => {
  const hour = twoAt(bytes, at + 1);
  const minute = twoAt(bytes, at + 4);
  const second = twoAt(bytes, at + 7);
  return (
    bytes[at] === 84 &&
    bytes[at + 3] === 58 &&
    bytes[at + 6] === 58 &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59
  );
};

export type KnownCurrency = { code: string; decimals: number };

/** Three bytes as one number. */
const currencyKey = (code: string): number =>
  (code.charCodeAt(0) << 16) | (code.charCodeAt(1) << 8) | code.charCodeAt(2);

/** By the three bytes of their codes. */
export const CURRENCIES: ReadonlyMap<number, KnownCurrency> = new Map(
  currencyCodes().map((code) => [currencyKey(code), { code, decimals: currencyDecimals(code) ?? 0 }]),
);

export const RESERVED: ReadonlySet<string> = new Set(RESERVED_IDS);
export const RESERVED_LENGTH_MAX = Math.max(...RESERVED_IDS.map((id) => id.length));

/** What the generated code looks bytes up in. */
export const fastTables = (delimiter: string) => ({
  ID: tableOf(isOneOf(`${LETTERS}${DIGITS}._:-`)),
  ALNUM: tableOf(isOneOf(LETTERS + DIGITS)),
  LOWER: tableOf(isOneOf(LOWER)),
  DIGIT: tableOf(isOneOf(DIGITS)),
  TIME: tableOf(isOneOf(`${DIGITS}-:.+TZ`)),
  TEXT: tableOf(textClass(`${delimiter}"\r\n\0`)),
  QUOTED: tableOf(textClass('"\r\n\0')),
});
