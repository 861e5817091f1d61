import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { givenIdFault } from "#common/ids/given-id.ts";
import { currencyDecimals } from "#common/money/currencies.ts";
import type { Column, Columns } from "../columns.ts";
import type { CsvFormat } from "../format.ts";
import type { CsvOpening } from "../reader.ts";

/** What a reading of a file comes to: lines of JSON, and where the file ended the reading. */
export type Output = {
  rows: string[];
  rejects: string[];
  fault?: { code: string; line: number | undefined };
};

export const rowLine = (line: number, values: unknown): string => JSON.stringify({ line, values });

export const rejectLine = (
  line: number,
  raw: string,
  faults: readonly { column: string | null; code: string }[],
): string => JSON.stringify({ line, raw, faults: faults.map(({ column, code }) => ({ column, code })) });

type Verdict = { value: string } | { code: string };

const YEAR_AFTER = (nowMs: number): Date => {
  const date = new Date(nowMs);
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return date;
};

const TIME =
  /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

const instant = (text: string, nowMs: number): Verdict => {
  const [, day, , , , fraction = "", offset] = TIME.exec(text) ?? [];
  if (day === undefined) return { code: "DATE_INVALID" };
  const midnight = new Date(`${day}T00:00:00.000Z`);
  // JavaScript takes February 30 for March 2.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day)
    return { code: "DATE_INVALID" };
  const millis = fraction === "" ? "" : fraction.slice(0, 4);
  const date = offset === undefined ? midnight : new Date(text.slice(0, 19) + millis + offset);
  return date.getTime() >= 0 && date <= YEAR_AFTER(nowMs)
    ? { value: date.toISOString() }
    : { code: "DATE_INVALID" };
};

const amount = (text: string, decimals = 4): Verdict => {
  if (!new RegExp(`^-?\\d{1,15}${decimals > 0 ? `(\\.\\d{1,${decimals}})?` : ""}$`).test(text)) {
    return { code: "AMOUNT_INVALID" };
  }
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const units = BigInt(whole + fraction.padEnd(decimals, "0"));
  const digits = units.toString().padStart(decimals + 1, "0");
  const shown = decimals > 0 ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
  return { value: (text.startsWith("-") && units > 0n ? "-" : "") + shown };
};

const characters = (text: string): number => Array.from(text).length;

const verdict = (text: string, column: Column, nowMs: number, decimals: number | undefined): Verdict => {
  switch (column.kind) {
    case "id":
      return givenIdFault(text) === undefined ? { value: text } : { code: "ID_INVALID" };
    case "foreignId":
      return characters(text) <= column.charactersMax && !/[\p{Cc}\u2028\u2029]/u.test(text)
        ? { value: text }
        : { code: "ID_INVALID" };
    case "instant":
      return instant(text, nowMs);
    case "amount":
      return amount(text, decimals);
    case "currency":
      return currencyDecimals(text) === undefined ? { code: "CURRENCY_UNKNOWN" } : { value: text };
    case "oneOf":
      return column.words.some((word) => word === text) ? { value: text } : { code: "VALUE_UNKNOWN" };
    case "text":
      return characters(text) <= column.charactersMax ? { value: text } : { code: "TOO_LONG" };
  }
};

const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString("utf8");

/** The first column whose text is no field of RFC 4180, or -1. */
const misplacedIn = (raw: string): number => {
  const field = /"(?:[^"]|"")*"(?=,|$)|[^",]*(?=,|$)/y;
  for (let place = 0, at = 0; ; place += 1) {
    field.lastIndex = at;
    const [text] = field.exec(raw) ?? [];
    if (text === undefined) return place;
    at += text.length;
    if (at === raw.length) return -1;
    at += 1;
  }
};

const kept = (raw: string): string => {
  const bytes = Buffer.from(raw, "latin1");
  let end = Math.min(4_096, bytes.length);
  while (end < bytes.length && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString("utf8");
};

type Row = { fields: string[]; names: string[]; raw: string };

const wholeRowFault = ({ fields, names, raw }: Row, rowBytes: number) => {
  if (raw.length > rowBytes) return { column: null, code: "ROW_TOO_LARGE" };
  const bad = fields.findIndex((field) => !isUtf8(Buffer.from(field, "latin1")));
  if (bad >= 0) return { column: names[bad] ?? null, code: "NOT_UTF8" };
  const misplaced = misplacedIn(raw);
  if (misplaced >= 0) return { column: names[misplaced] ?? null, code: "QUOTE_MISPLACED" };
  return fields.length === names.length ? undefined : { column: null, code: "FIELD_COUNT" };
};

const readRow = (row: Row, format: CsvFormat<Columns>, { nowMs, defaults = {} }: CsvOpening) => {
  const spoilt = wholeRowFault(row, format.limits.rowBytes);
  if (spoilt) return { faults: [spoilt], values: {} };
  const faults: { column: string; code: string }[] = [];
  const texts = Object.fromEntries(row.names.map((name, place) => [name, utf8(row.fields[place] ?? "")]));
  const values: Record<string, unknown> = {};
  const text = (name: string) => texts[name] || defaults[name] || format.columns[name]?.default || "";
  for (const [name, column] of Object.entries(format.columns)) {
    const one = text(name);
    if (one === "" && !column.optional) faults.push({ column: name, code: "REQUIRED" });
    if (one === "") continue;
    const decimals = column.kind === "amount" ? currencyDecimals(text(column.currencyColumn)) : undefined;
    const found = one.includes("\0") ? { code: "CONTROL_CHARACTER" } : verdict(one, column, nowMs, decimals);
    if ("code" in found) faults.push({ column: name, code: found.code });
    else values[name] = found.value;
  }
  const extra = row.names.filter((name) => !Object.hasOwn(format.columns, name) && texts[name] !== "");
  for (const name of extra)
    if (texts[name]?.includes("\0")) faults.push({ column: name, code: "CONTROL_CHARACTER" });
  const bytes = extra.reduce((sum, name) => sum + Buffer.byteLength(texts[name] ?? ""), 0);
  if (bytes > format.limits.extraBytes) faults.push({ column: "extra", code: "TOO_LONG" });
  if (extra.length > 0) values.extra = Object.fromEntries(extra.map((name) => [name, texts[name]]));
  return { faults, values };
};

/**
 * What a file comes to, read by csv-parse and judged by rules written anew: slow, all in memory, and what the
 * engine is held against. The header is taken to be good, and the format to be the strict one.
 */
export const readByReference = (
  bytes: Uint8Array,
  format: CsvFormat<Columns>,
  opening: CsvOpening,
): Output => {
  const output: Output = { rows: [], rejects: [] };
  const file = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "");
  let names: string[] | undefined;
  let at = 0;
  try {
    const records = parse(Buffer.from(file, "latin1"), {
      encoding: "latin1",
      record_delimiter: ["\r\n", "\n"],
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as { record: string[]; info: { bytes: number } }[];
    for (const { record: fields, info } of records) {
      const start = at + (/^(?:\r?\n)*/.exec(file.slice(at))?.[0].length ?? 0);
      at = info.bytes;
      if (names === undefined) {
        names = fields.map(utf8);
        continue;
      }
      const raw = file.slice(start, at).replace(/\r?\n$/, "");
      const line = file.slice(0, start).split("\n").length;
      const { faults, values } = readRow({ fields, names, raw }, format, opening);
      if (faults.length > 0) output.rejects.push(rejectLine(line, kept(raw), faults));
      else output.rows.push(rowLine(line, values));
    }
  } catch (error) {
    if (!(error instanceof CsvError) || error.code !== "CSV_QUOTE_NOT_CLOSED") throw error;
    return { ...output, fault: { code: "QUOTE_NOT_CLOSED", line: undefined } };
  }
  return output;
};
