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

/**
 * A row of a file: its values, or all that is wrong with it. The values share memory with the piece of the file that
 * they were read from: of what stays longer than a chunk of rows, keep a copy or a hash.
 */
export type CsvRow<C extends Columns> = Place &
  (
    | { readonly values: CsvValues<C>; readonly faults?: undefined }
    | { readonly values?: undefined; readonly faults: readonly RowFault[] }
  );

/** One class for all rows, so that they have one shape. The text holds bytes, one character each. */
export class ReadRow implements Place {
  readonly line: number;
  readonly nextOffset: number;
  readonly nextLine: number;
  readonly values: unknown;
  readonly faults: readonly RowFault[] | undefined;
  /** Where its line of JSON stands, if the reader makes them. */
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly #text: string;
  readonly #from: number;
  readonly #end: number;

  constructor(
    line: number,
    nextOffset: number,
    nextLine: number,
    values: unknown,
    faults: readonly RowFault[] | undefined,
    lineFrom: number,
    lineTo: number,
    text: string,
    from: number,
    end: number,
  ) {
    this.line = line;
    this.nextOffset = nextOffset;
    this.nextLine = nextLine;
    this.values = values;
    this.faults = faults;
    this.lineFrom = lineFrom;
    this.lineTo = lineTo;
    this.#text = text;
    this.#from = from;
    this.#end = end;
    // Handed on as a function of its own when the row is rejected.
    if (faults !== undefined) this.raw = this.raw.bind(this);
  }

  raw(): Buffer {
    let end = Math.min(this.#end, this.#from + RAW_BYTES_MAX);
    // A byte that goes on with a character begins with the bits 10.
    if (end < this.#end) while (end > this.#from && (this.#text.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
    return Buffer.from(this.#text.slice(this.#from, end), "latin1");
  }
}

/** What reports show of a rejected row. */
export type RejectedRow = { line: number; raw: string; errors: readonly RowFault[] };

/** A rejected row for a report; bytes that are not UTF-8 show as U+FFFD. */
export const rejectedRow = (row: {
  readonly line: number;
  readonly faults: readonly RowFault[];
  raw(): Buffer;
}): RejectedRow => ({ line: row.line, raw: row.raw().toString("utf8"), errors: row.faults });
