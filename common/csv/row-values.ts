import { isUtf8 } from "node:buffer";
import { currencyDecimals } from "../money/currencies.ts";
import type { Column, Columns, CsvValues } from "./columns.ts";
import type { RowFault, RowFaultCode } from "./faults.ts";
import type { CsvFormat } from "./format.ts";
import type { Header } from "./header.ts";
import type { RawRecord } from "./record.ts";
import { type ValueContext, verdictOf } from "./values.ts";

export type ValuesOrFaults<C extends Columns> =
  | { values: CsvValues<C>; faults?: undefined }
  | { values?: undefined; faults: readonly RowFault[] };

export type RowReading = { header: Header; latestMs: number; defaults: Readonly<Record<string, string>> };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes of ASCII
const NOT_ASCII = /[^\u0000-\u007f]/;

const bytesOf = (latin1: string): Buffer => Buffer.from(latin1, "latin1");

const textOf = (latin1: string): string =>
  NOT_ASCII.test(latin1) ? bytesOf(latin1).toString("utf8") : latin1;

/** What spoils the reading of a row as a whole: then nothing else is said of it. */
const unreadable = (
  record: RawRecord,
  names: readonly string[],
): { column: string | null; code: RowFaultCode; message: string } | undefined => {
  const notUtf8 = record.fields.findIndex((bytes) => NOT_ASCII.test(bytes) && !isUtf8(bytesOf(bytes)));
  if (notUtf8 >= 0) {
    return { column: names[notUtf8] ?? null, code: "NOT_UTF8", message: "has bytes that are not UTF-8" };
  }
  if (record.misplacedIn >= 0) {
    return {
      column: names[record.misplacedIn] ?? null,
      code: "QUOTE_MISPLACED",
      message: "has a quote that neither begins nor ends the value; inside quotes it must be doubled",
    };
  }
  if (record.fields.length !== names.length) {
    return {
      column: null,
      code: "FIELD_COUNT",
      message: `must have ${names.length} fields as the header has, and has ${record.fields.length}`,
    };
  }
  return undefined;
};

/**
 * The values of a record, or all that is wrong with it: plainly, one rule after the other. What is read here is what
 * any faster reading must give.
 */
export const readRow = <C extends Columns>(
  record: RawRecord,
  { header: { names }, latestMs, defaults }: RowReading,
  format: CsvFormat<C>,
): ValuesOrFaults<C> => {
  const faults: RowFault[] = [];
  const refuse = (column: string | null, code: RowFaultCode, message: string): void => {
    faults.push({ column, code: format.codes?.[code] ?? code, message });
  };
  const spoilt = unreadable(record, names);
  if (spoilt) {
    refuse(spoilt.column, spoilt.code, spoilt.message);
    return { faults };
  }

  const columns: Columns = format.columns;
  const given = new Map(names.map((name, place) => [name, textOf(record.fields[place] ?? "")]));
  const givenOrDefault = (name: string, column: Column): string =>
    given.get(name) || defaults[name] || column.default || "";
  const context = (column: Column): ValueContext => {
    if (column.kind !== "amount") return { latestMs, decimals: undefined };
    const currency = columns[column.currencyColumn];
    const code = currency && givenOrDefault(column.currencyColumn, currency);
    return { latestMs, decimals: code ? currencyDecimals(code) : undefined };
  };

  const values: Record<string, string | undefined> = {};
  for (const [name, column] of Object.entries(columns)) {
    const text = givenOrDefault(name, column);
    values[name] = undefined;
    if (text === "") {
      if (!column.optional) refuse(name, "REQUIRED", "must not be empty");
    } else if (text.includes("\0")) {
      refuse(name, "CONTROL_CHARACTER", "has a NUL character");
    } else if (Buffer.byteLength(text) > format.limits.valueBytes) {
      refuse(name, "TOO_LONG", `must have at most ${format.limits.valueBytes} bytes`);
    } else {
      const verdict = verdictOf(text, column, context(column));
      if ("code" in verdict) refuse(name, verdict.code, verdict.message);
      else values[name] = verdict.value;
    }
  }

  // A name may be __proto__.
  const extra: Record<string, string> = Object.create(null);
  let extraBytes = 0;
  for (const name of names) {
    if (Object.hasOwn(columns, name)) continue;
    const text = given.get(name) ?? "";
    if (text === "") continue;
    if (text.includes("\0")) refuse(name, "CONTROL_CHARACTER", "has a NUL character");
    if (Buffer.byteLength(text) > format.limits.valueBytes) {
      refuse(name, "TOO_LONG", `must have at most ${format.limits.valueBytes} bytes`);
    }
    extraBytes += Buffer.byteLength(text);
    extra[name] = text;
  }
  if (extraBytes > format.limits.extraBytes) {
    refuse("extra", "TOO_LONG", `further columns may have ${format.limits.extraBytes} bytes together`);
  }
  if (faults.length > 0) return { faults };
  const read = { ...values, extra: extraBytes > 0 ? extra : undefined };
  return { values: read as unknown as CsvValues<C> };
};
