import { isUtf8 } from "node:buffer";
import type { Columns } from "./columns.ts";
import { CsvFileError, type FileFaultCode } from "./faults.ts";
import type { CsvFormat, Delimiter } from "./format.ts";
import { type RawRecord, readRecord } from "./record.ts";

/** The header of a file: which column stands where. */
export type Header = {
  delimiter: Delimiter;
  /** By place: the names as the schema writes them, other names as the file does. */
  names: string[];
};

const NAME_CHARACTERS_MAX = 255;
const DELIMITERS: readonly Delimiter[] = [",", ";", "\t"];
const SHOWN: Record<Delimiter, string> = { ",": "commas", ";": "semicolons", "\t": "tabs" };

export const fileError = (
  format: Pick<CsvFormat<Columns>, "codes">,
  code: FileFaultCode,
  message: string,
  line?: number,
): CsvFileError => new CsvFileError(format.codes?.[code] ?? code, message, line);

const decoded = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** Some names, for a sentence. */
const listed = (names: readonly string[]): string =>
  names.slice(0, 10).join(", ") + (names.length > 10 ? ` and ${names.length - 10} more` : "");

const knownNames = (format: CsvFormat<Columns>): ReadonlyMap<string, string> =>
  new Map(
    Object.keys(format.columns).map((name) => [format.foldColumnNames ? name.toLowerCase() : name, name]),
  );

type Candidate = { delimiter: Delimiter; record: RawRecord; names: string[]; known: number };

const candidate = (
  text: string,
  isLast: boolean,
  delimiter: Delimiter,
  format: CsvFormat<Columns>,
): Candidate | undefined => {
  const record = readRecord(text, 0, { delimiter, ...format }, isLast);
  if (record === undefined) return undefined;
  const known = knownNames(format);
  const names = record.fields.map((bytes) => {
    const name = decoded(bytes);
    return known.get(format.foldColumnNames ? name.toLowerCase() : name) ?? name;
  });
  const isKnown = (name: string): boolean => Object.hasOwn(format.columns, name);
  return { delimiter, record, names, known: new Set(names.filter(isKnown)).size };
};

/** A column without a name is called after its place, as spreadsheets leave them behind the last one. */
const named = (names: readonly string[]): string[] =>
  names.map((name, place) => (name === "" ? `column${place + 1}` : name));

/**
 * Reads the header that this text begins with; undefined if the text ends before it does. The text holds
 * bytes, one character each. Throws what is wrong with it.
 */
export const readHeader = (
  text: string,
  isLast: boolean,
  format: CsvFormat<Columns>,
  line: number,
): { header: Header; record: RawRecord } | undefined => {
  const found: Candidate[] = [];
  for (const delimiter of DELIMITERS) {
    const one = candidate(text, isLast, delimiter, format);
    // A quote that is open for one delimiter may be text for another one.
    if (one === undefined) return undefined;
    found.push(one);
  }
  const fail = (code: FileFaultCode, message: string): never => {
    throw fileError(format, code, message, line);
  };
  const mostKnown = (among: readonly Candidate[]): Candidate | undefined =>
    among.toSorted((a, b) => b.known - a.known)[0];
  const best = mostKnown(found.filter(({ delimiter }) => format.delimiters.includes(delimiter)));
  const other = mostKnown(found);
  if (best === undefined || other === undefined) throw new Error("a format needs a delimiter");

  const { record, delimiter } = best;
  if (record.openQuoteAt >= 0) {
    const before = text.slice(0, record.openQuoteAt).split("\n").length - 1;
    throw fileError(format, "QUOTE_NOT_CLOSED", "the quote that opens here is never closed", line + before);
  }
  if (!isUtf8(Buffer.from(text.slice(0, record.end), "latin1"))) {
    fail("ENCODING", "the header is not UTF-8; it looks like Windows-1252 or another encoding of one byte");
  }
  if (other.known > best.known) {
    fail(
      "DELIMITER",
      `columns must be parted by ${format.delimiters.map((one) => SHOWN[one]).join(" or ")}; it looks like ${SHOWN[other.delimiter]}`,
    );
  }
  const wanted = Object.entries(format.columns);
  if (best.known === 0) {
    fail(
      "HEADER_MISSING",
      `the first line names none of the columns ${listed(wanted.map(([name]) => name))}`,
    );
  }
  const names = named(best.names);
  const long = names.findIndex((name) => name.length > NAME_CHARACTERS_MAX);
  if (long >= 0) {
    fail("HEADER_MISSING", `column ${long + 1} has a name of more than ${NAME_CHARACTERS_MAX} characters`);
  }
  const missing = wanted.filter(([name, column]) => !column.optional && !names.includes(name));
  if (missing.length > 0) {
    const hint = text.slice(0, record.end).includes("\r") ? "; a carriage return alone ends no line" : "";
    fail("COLUMN_MISSING", `there is no column ${listed(missing.map(([name]) => name))}${hint}`);
  }
  const doubled = names.filter((name, place) => names.indexOf(name) !== place);
  if (doubled.length > 0) {
    fail("COLUMN_DOUBLED", `the header names ${listed([...new Set(doubled)])} more than once`);
  }
  const extra = names.length - best.known;
  if (extra > format.limits.extraColumns) {
    fail(
      "TOO_MANY_COLUMNS",
      `there may be ${format.limits.extraColumns} columns beside the known ones, and there are ${extra}`,
    );
  }
  return { header: { delimiter, names }, record };
};
