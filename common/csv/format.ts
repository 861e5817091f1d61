import type { Columns } from "./columns.ts";
import type { FileFaultCode, RowFaultCode } from "./faults.ts";

export type Delimiter = "," | ";" | "\t";
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export type CsvLimits = {
  /** Of a row, in bytes, without its end. */
  rowBytes: number;
  /** Of one value, in bytes as UTF-8. */
  valueBytes: number;
  /** Columns that the schema does not know. */
  extraColumns: number;
  /** Of the values of those columns in a row, in bytes as UTF-8. */
  extraBytes: number;
  /** Of the whole file, unpacked. */
  fileBytes: number;
};

/** How a file may be written, and what it may hold. */
export type CsvFormat<C extends Columns> = {
  columns: C;
  /** With more than one the header decides. */
  delimiters: readonly Delimiter[];
  /** UTF-16 is recognized by its mark. Another encoding is read only where `CsvOpening.encoding` names it. */
  encodings: readonly Encoding[];
  /** Whether a carriage return alone ends a line too. */
  carriageReturnEndsLine: boolean;
  /** Whether the header may write names in any case. */
  foldColumnNames: boolean;
  /** What bytes are that are not of the encoding: a row's fault (`NOT_UTF8`) or the file's (`ENCODING`). */
  badBytes: "row" | "file";
  limits: CsvLimits;
  /** What a service calls these faults, where its contract has other names. */
  codes?: Partial<Record<RowFaultCode | FileFaultCode, string>>;
};

const KIB = 1024;
const GB = 1_000_000_000;

export const STRICT_LIMITS: CsvLimits = {
  rowBytes: KIB * KIB,
  valueBytes: KIB * KIB,
  extraColumns: 200,
  extraBytes: 4 * KIB,
  fileBytes: 20 * GB,
};

/** UTF-8, commas, RFC 4180, lines that end in LF or CRLF, names as written. */
export const strictFormat = <const C extends Columns>(columns: C): CsvFormat<C> => ({
  columns,
  delimiters: [","],
  encodings: ["utf-8"],
  carriageReturnEndsLine: false,
  foldColumnNames: false,
  badBytes: "row",
  limits: STRICT_LIMITS,
});
