import type { Columns, CsvValues } from "./columns.ts";
import type { RowFault } from "./faults.ts";

/** How much of a rejected row is kept. */
export const RAW_BYTES_MAX = 4_096;

type Place = {
  /** The line that it begins in, as an editor counts. */
  readonly line: number;
  /** Where the file goes on after it: a byte of the unpacked file, and the line there. */
  readonly nextOffset: number;
  readonly nextLine: number;
  /**
   * Its bytes as the file has them (as UTF-8 if the file has another encoding), without the line end: the first
   * 4 KiB, cut between characters.
   */
  raw(): Buffer;
};

/** A row of a file: its values, or all that is wrong with it. */
export type CsvRow<C extends Columns> = Place &
  (
    | { readonly values: CsvValues<C>; readonly faults?: undefined }
    | { readonly values?: undefined; readonly faults: readonly RowFault[] }
  );

/** What reports show of a rejected row. */
export type RejectedRow = { line: number; raw: string; errors: readonly RowFault[] };

/** A rejected row for a report; bytes that are not UTF-8 show as U+FFFD. */
export const rejectedRow = (row: {
  readonly line: number;
  readonly faults: readonly RowFault[];
  raw(): Buffer;
}): RejectedRow => ({ line: row.line, raw: row.raw().toString("utf8"), errors: row.faults });

/** The first bytes of a row (one character a byte), as many as are kept. */
export const keptBytes = (row: string): Buffer => {
  let end = Math.min(row.length, RAW_BYTES_MAX);
  // A byte that goes on with a character begins with the bits 10.
  if (end < row.length) while (end > 0 && (row.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return Buffer.from(row.slice(0, end), "latin1");
};
