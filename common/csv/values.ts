import { givenIdFault } from "../ids/given-id.ts";
import { CURRENCY_DECIMALS_MAX, currencyDecimals } from "../money/currencies.ts";
import { instantOf } from "../time/instant.ts";
import type { ColumnRule } from "./columns.ts";
import type { RowFaultCode } from "./faults.ts";

/** What a value became, or what is wrong with it. */
export type Verdict = { value: string } | { code: RowFaultCode; message: string };

/** What the rules need to know beside the value. */
export type ValueContext = {
  /** The latest instant that a file may name, Unix milliseconds. */
  latestMs: number;
  /** The decimals of the row's currency; undefined if it has no known one. */
  decimals: number | undefined;
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const AMOUNT = /^(-?)(\d{1,15})(?:\.(\d+))?$/;
const NOT_PRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Code points; the length in units is never less. */
const isLonger = (text: string, charactersMax: number): boolean =>
  text.length > charactersMax && (text.length > charactersMax * 2 || [...text].length > charactersMax);

const tooLong = (charactersMax: number): Verdict => ({
  code: "TOO_LONG",
  message: `must have at most ${charactersMax} characters`,
});

const idVerdict = (text: string): Verdict => {
  const fault = givenIdFault(text);
  return fault === undefined ? { value: text } : { code: "ID_INVALID", message: fault };
};

const foreignIdVerdict = (text: string, charactersMax: number): Verdict =>
  isLonger(text, charactersMax) || NOT_PRINTABLE.test(text)
    ? { code: "ID_INVALID", message: `must be 1 to ${charactersMax} printable characters` }
    : { value: text };

const instantVerdict = (text: string, latestMs: number): Verdict => {
  const instant = instantOf(DAY.test(text) ? `${text}T00:00:00Z` : text);
  if (instant === undefined) {
    return {
      code: "DATE_INVALID",
      message: "must be a day or a time that exists, for example 2026-03-01 or 2026-03-01T09:30:00+01:00",
    };
  }
  return instant >= 0 && instant <= latestMs
    ? { value: new Date(instant).toISOString() }
    : { code: "DATE_INVALID", message: "must be from 1970 to a year ahead" };
};

/** An exact decimal with these many decimals, or the fault; -0 is 0, and leading zeros go. */
const amountVerdict = (text: string, decimals: number | undefined): Verdict => {
  const [, sign = "", digits = "", fraction = ""] = AMOUNT.exec(text) ?? [];
  const most = decimals ?? CURRENCY_DECIMALS_MAX;
  if (digits === "" || fraction.length > most) {
    const shape = most === 0 ? "no decimals" : `a point and at most ${most} decimals`;
    return {
      code: "AMOUNT_INVALID",
      message: `must be 1 to 15 digits with ${shape}, minus before them if it is out; no other sign, separator or exponent`,
    };
  }
  const whole = digits.replace(/^0+(?=\d)/, "");
  const filled = most === 0 ? whole : `${whole}.${fraction.padEnd(most, "0")}`;
  return { value: /[1-9]/.test(filled) ? sign + filled : filled };
};

/** What this rule says of a value that is not empty and has no NUL. */
export const verdictOf = (text: string, rule: ColumnRule, context: ValueContext): Verdict => {
  switch (rule.kind) {
    case "id":
      return idVerdict(text);
    case "foreignId":
      return foreignIdVerdict(text, rule.charactersMax);
    case "instant":
      return instantVerdict(text, context.latestMs);
    case "amount":
      return amountVerdict(text, context.decimals);
    case "currency":
      return currencyDecimals(text) === undefined
        ? { code: "CURRENCY_UNKNOWN", message: "must be a code of ISO 4217 in capitals, for example USD" }
        : { value: text };
    case "oneOf":
      return rule.words.includes(text)
        ? { value: text }
        : { code: "VALUE_UNKNOWN", message: `must be one of ${rule.words.join(", ")}` };
    case "text":
      return isLonger(text, rule.charactersMax) ? tooLong(rule.charactersMax) : { value: text };
  }
};
