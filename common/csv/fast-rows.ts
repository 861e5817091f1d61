import type { Columns } from "./columns.ts";
import {
  amountValueCode,
  columnCode,
  type FastColumn,
  GIVE_UP,
  isPlainWord,
  TEXT_CODE,
  TEXT_VALUE,
  variablesOf,
} from "./fast-columns.ts";
import { addLine, type LineBuffer, lineWriter, rowSpans } from "./fast-json.ts";
import { CURRENCIES, dayAt, fastTables, isTimeAt, RESERVED } from "./fast-tables.ts";
import type { CsvFormat } from "./format.ts";
import { ReadRow } from "./row.ts";
import type { RowReading } from "./row-values.ts";
import { verdictOf } from "./values.ts";

/** A piece of a file: whole lines of it as bytes, and the same bytes as a text. */
export type Piece = {
  bytes: Buffer;
  text: string;
  /** Behind the last byte that may be read; the byte before it ends a line. */
  end: number;
  /** Whether it is UTF-8. */
  isValid: boolean;
  /** Of the first byte, in the file. */
  offset: number;
};

/**
 * Reads good rows that are written in the usual way, from `at` on, and adds them; says where it gave up: at the end,
 * or before a row that has a fault or something rare in it. That one is for `readRow`.
 */
export type FastRows = (
  piece: Piece,
  at: number,
  line: number,
  rows: ReadRow[],
  lines: LineBuffer | undefined,
) => number;

const decimalsOf = (code: string): number =>
  [...CURRENCIES.values()].find((known) => known.code === code)?.decimals ?? -1;

/** The value of a row that leaves the column empty, as code; undefined where the slow path must look at it. */
const emptyCode = (
  name: string,
  columns: Columns,
  { defaults, latestMs }: RowReading,
): string | undefined => {
  const column = columns[name];
  const value = defaults[name] || column?.default;
  if (column === undefined) return undefined;
  if (!value) return column.optional ? "undefined" : undefined;
  const verdict = verdictOf(value, column, { latestMs, decimals: undefined });
  return "code" in verdict || column.kind === "amount" || !isPlainWord(verdict.value)
    ? undefined
    : JSON.stringify(verdict.value);
};

/** What stands after a value: the quote that ends it, and the delimiter or the end of the line. */
const endCode = (isLast: boolean, delimiter: string): string => `
  e = p;
  if (q === 1) { if (b[p] !== 34) ${GIVE_UP} p++; }
  ${
    isLast
      ? `c = b[p]; if (c === 10) next = p + 1; else if (c === 13 && b[p + 1] === 10) next = p + 2; else ${GIVE_UP}`
      : `if (b[p] !== ${delimiter.charCodeAt(0)}) ${GIVE_UP} p++;`
  }`;

const START_CODE = `
  q = b[p] === 34 ? 1 : 0; p += q; s = p;`;

/** Columns that the schema does not know, one after the other: a loop, because there may be hundreds. */
const extraCode = (from: number, to: number, isLast: boolean, delimiter: string): string => `
  for (j = ${from}; j < ${to}; j++) {
    ${START_CODE}${TEXT_CODE}
    if (p !== s) {
      ${TEXT_VALUE}
      if (extra === undefined) extra = Object.create(null);
      extra[names[j]] = x; extraBytes += p - s;
      if (p - s > valueBytesMax) ${GIVE_UP}
    }
    ${endCode(isLast, delimiter)}
  }`;

const bodyOf = <C extends Columns>(format: CsvFormat<C>, reading: RowReading): string => {
  const { names, delimiter } = reading.header;
  const columns: Columns = format.columns;
  const known = Object.keys(columns);
  const field = (name: string): FastColumn | undefined => {
    const column = columns[name];
    const empty = emptyCode(name, columns, reading);
    const { valueBytes: valueBytesMax } = format.limits;
    return Object.hasOwn(columns, name) && column
      ? { at: known.indexOf(name), column, empty, valueBytesMax }
      : undefined;
  };

  const parts: string[] = [];
  const isKnown = (place: number): boolean => Object.hasOwn(columns, names[place] ?? "");
  for (let place = 0; place < names.length; ) {
    const isLast = place === names.length - 1;
    const one = field(names[place] ?? "");
    if (one) {
      parts.push(START_CODE, columnCode(one), endCode(isLast, delimiter));
      place += 1;
      continue;
    }
    let to = place + 1;
    while (to < names.length - 1 && !isKnown(to)) to += 1;
    parts.push(extraCode(place, to, isLast, delimiter));
    place = to;
  }

  const decimals = (currencyColumn: string): string => {
    const place = known.indexOf(currencyColumn);
    return place < 0 ? "-1" : `D${place}`;
  };
  for (const name of known) {
    const one = field(name);
    if (one === undefined) continue;
    if (!names.includes(name)) {
      // Not in this file: as if each row had left it empty.
      if (one.empty === undefined) return "return at;";
      parts.unshift(
        `v${one.at} = ${one.empty};${one.empty === "undefined" ? "" : ` S[${one.at * 3 + 2}] = 2; M[${one.at}] = v${one.at};`}`,
      );
      if (one.column.kind === "currency")
        parts.unshift(`D${one.at} = ${one.empty === "undefined" ? -1 : decimalsOf(JSON.parse(one.empty))};`);
    } else if (one.column.kind === "amount") {
      parts.push(amountValueCode(one, decimals(one.column.currencyColumn)));
    }
  }

  const variables = known.flatMap((name, at) => [
    `v${at} = undefined`,
    ...variablesOf(field(name) as FastColumn).map((variable) => `${variable} = 0`),
  ]);
  const literal = known.map((name, at) => `${JSON.stringify(name)}: v${at}`).join(", ");
  return `
  const b = piece.bytes, t = piece.text, end = piece.end, offset = piece.offset, isValid = piece.isValid;
  let p = at, next = at, s = 0, e = 0, q = 0, c = 0, k = 0, m = 0, j = 0, x, T = TEXT;
  let isPlain = true, extra, extraBytes = 0;
  let ${variables.join(",\n    ")};
  rows: while (at < end) {
    p = at;
    // A blank line is no row.
    if (b[p] === 10 || b[p] === 13) ${GIVE_UP}
    isPlain = true; extra = undefined; extraBytes = 0;
    for (k = ${known.length * 3 - 1}; k > 0; k -= 3) S[k] = 0;
    ${parts.join("\n")}
    if (p - at > rowBytesMax || extraBytes > extraBytesMax) ${GIVE_UP}
    const values = { ${literal}, extra };
    const lineFrom = lines === undefined ? 0 : lines.at;
    if (lines !== undefined && !(isPlain && extra === undefined && writeLine(lines, line, b, row, p - at))) addLine(lines, line, values);
    rows.push(new ReadRow(line, offset + next, ++line, values, undefined, lineFrom, lines === undefined ? 0 : lines.at, t, at, p));
    at = next;
  }
  return at;`;
};

/**
 * Makes the code that reads the rows of one file. Which columns stand where is known only from its header, so the code
 * is generated then: each value is checked byte by byte in the same pass that finds its end. Only names of
 * the schema become code; names of the file are data.
 */
export const fastRows = <C extends Columns>(format: CsvFormat<C>, reading: RowReading): FastRows => {
  const entries = Object.entries(format.columns as Columns);
  const row = rowSpans(format.columns);
  const latest = new Date(reading.latestMs);
  const known = {
    ...fastTables(reading.header.delimiter),
    RESERVED,
    CURRENCIES,
    ReadRow,
    dayAt,
    isTimeAt,
    decimalsOf,
    addLine,
    writeLine: lineWriter(format.columns),
    row,
    S: row.spans,
    M: row.made,
    names: reading.header.names,
    latestDay: latest.getUTCFullYear() * 10_000 + (latest.getUTCMonth() + 1) * 100 + latest.getUTCDate(),
    valueBytesMax: format.limits.valueBytes,
    rowBytesMax: format.limits.rowBytes,
    extraBytesMax: format.limits.extraBytes,
    judge: (at: number, text: string, decimals: number | undefined): string | undefined => {
      const column = entries[at]?.[1];
      if (column === undefined) return undefined;
      const verdict = verdictOf(text, column, { latestMs: reading.latestMs, decimals });
      return "code" in verdict ? undefined : verdict.value;
    },
  };
  const make = new Function(
    ...Object.keys(known),
    `let day = 0, dayText = "", currencyKey = 0, currency = "", currencyDecimals = 0;
    return function readRows(piece, at, line, rows, lines) {${bodyOf(format, reading)}
    };`,
  );
  return make(...Object.values(known)) as FastRows;
};
