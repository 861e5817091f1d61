import { isUtf8 } from "node:buffer";
import type { Columns } from "./columns.ts";
import { type Decoding, decodingOf } from "./decode.ts";
import { addLine, emptyLines, type LineBuffer } from "./fast-json.ts";
import { type FastRows, fastRows, type Piece } from "./fast-rows.ts";
import { readFileStart, START_BYTES } from "./file-start.ts";
import type { CsvFormat, Delimiter, Encoding } from "./format.ts";
import { fileError, readHeader } from "./header.ts";
import { lineEndAt, type RecordStyle, readRecord } from "./record.ts";
import { type CsvRow, ReadRow } from "./row.ts";
import { type RowReading, readRow, type ValuesOrFaults } from "./row-values.ts";
import { SkippedRow } from "./skipped-row.ts";

/** Where to go on, in another process too: JSON. */
export type CsvCheckpoint = {
  /** The first byte of the unpacked file that is to be read. */
  offset: number;
  line: number;
  encoding: Encoding;
  delimiter: Delimiter;
  /** The columns by place. */
  names: readonly string[];
};

export type CsvOpening = {
  /** Dates may be up to a year after it. For the same file always the same, so that it reads the same again. */
  nowMs: number;
  /** Values of columns that a row leaves empty, before those of the schema. */
  defaults?: Readonly<Record<string, string>>;
  /** What a file without a mark is written in, if its sender says so. */
  encoding?: Encoding;
  /** Whether `lines` will be asked for. */
  lines?: boolean;
  /** Goes on there; the first byte pushed is the one at its offset. */
  from?: CsvCheckpoint;
};

/** Rows are hardly ever as long. */
const LONG_BYTES = 16 * 1024;

/** Enough for a piece of 64 KiB and the row that it ends in the middle of; more is allocated when more comes. */
const WORK_BYTES = 80 * 1024;

/** Bytes behind the last one that generated code may look at, without a check of the end for each. */
const SPARE_BYTES = 64;

const NOTHING = new Uint8Array(0);

const yearAfter = (nowMs: number): number => {
  const date = new Date(nowMs);
  return date.setUTCFullYear(date.getUTCFullYear() + 1);
};

/**
 * Reads a file from its bytes, in pieces of any size, into rows. Holds no more than a row and a piece. Throws a
 * `CsvFileError` for what spoils the file as a whole; after that it is of no more use.
 *
 *     const reader = new CsvReader(format, { nowMs, from: checkpoint });
 *     for await (const bytes of unpacked(source, packingOf(name), checkpoint.offset)) {
 *       for (const row of reader.push(bytes)) …;
 *     }
 *     for (const row of reader.end()) …;
 */
export class CsvReader<const C extends Columns> {
  readonly #format: CsvFormat<C>;
  readonly #opening: CsvOpening;
  readonly #latestMs: number;
  #encoding: Encoding | undefined;
  #decoding: Decoding | undefined;
  #reading: RowReading | undefined;
  #style: RecordStyle | undefined;
  #fast: FastRows | undefined;
  /** UTF-8 that came and was not read yet: the first bytes of this buffer, which is used again and again. */
  #work = Buffer.allocUnsafe(WORK_BYTES);
  #filled = 0;
  /** How many of them were looked at when the row that they begin was not whole. */
  #lookedAt = 0;
  /** Of the first pending byte. */
  #offset: number;
  #line: number;
  #bytes: number;
  readonly #lines: LineBuffer | undefined;
  #skipped: { row: SkippedRow; line: number } | undefined;

  constructor(format: CsvFormat<C>, opening: CsvOpening) {
    this.#format = format;
    this.#opening = opening;
    this.#latestMs = yearAfter(opening.nowMs);
    this.#lines = opening.lines ? emptyLines() : undefined;
    const { from } = opening;
    this.#offset = from?.offset ?? 0;
    this.#bytes = this.#offset;
    this.#line = from?.line ?? 1;
    if (!from) return;
    this.#readAs(from.encoding);
    this.#readRowsBy(from.delimiter, [...from.names]);
  }

  /** Takes the next bytes, and gives the rows that end in them. */
  push(bytes: Uint8Array): CsvRow<C>[] {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#format.limits.fileBytes) {
      const message = `may have ${this.#format.limits.fileBytes.toLocaleString("en-US")} bytes, unpacked`;
      throw fileError(this.#format, "FILE_TOO_LARGE", message, this.#line);
    }
    return this.#take(bytes, false);
  }

  /** No more bytes come: gives the last row, if the file does not end in the end of a line. */
  end(): CsvRow<C>[] {
    const rows = this.#take(NOTHING, true);
    if (this.#reading === undefined) throw fileError(this.#format, "FILE_EMPTY", "must not be empty", 1);
    return rows;
  }

  /** Where to go on after a row of this reader; undefined before the header was read. */
  checkpoint(after: Pick<CsvRow<C>, "nextOffset" | "nextLine">): CsvCheckpoint | undefined {
    if (this.#reading === undefined || this.#encoding === undefined) return undefined;
    const { delimiter, names } = this.#reading.header;
    return { offset: after.nextOffset, line: after.nextLine, encoding: this.#encoding, delimiter, names };
  }

  /**
   * Good rows from the first to the last of these, which must come from the same `push` or `end`, as lines of JSON:
   * `{"line":2,"values":{…}}`. Much faster than `JSON.stringify`. The bytes hold until the next `push`.
   */
  lines(first: CsvRow<C>, last: CsvRow<C>): Buffer {
    if (this.#lines === undefined || !(first instanceof ReadRow) || !(last instanceof ReadRow)) {
      throw new Error("a reader makes lines when it is opened with `lines: true`, of its own rows");
    }
    return this.#lines.bytes.subarray(first.lineFrom, last.lineTo);
  }

  #readAs(encoding: Encoding): void {
    this.#encoding = encoding;
    this.#decoding = decodingOf(encoding);
  }

  #readRowsBy(delimiter: Delimiter, names: string[]): void {
    const { carriageReturnEndsLine } = this.#format;
    this.#style = { delimiter, carriageReturnEndsLine };
    const defaults = this.#opening.defaults ?? {};
    this.#reading = { header: { delimiter, names }, latestMs: this.#latestMs, defaults };
    if (this.#decoding === undefined) this.#fast = fastRows(this.#format, this.#reading);
  }

  #take(bytes: Uint8Array, isLast: boolean): CsvRow<C>[] {
    if (this.#lines) this.#lines.at = 0;
    if (this.#encoding !== undefined) {
      this.#fill(this.#toUtf8(bytes, isLast));
    } else {
      this.#fill(bytes);
      if (this.#filled < START_BYTES && !isLast) return [];
      this.#start(isLast);
    }
    return this.#isTooEarly() && !isLast ? [] : this.#rowsOf(isLast);
  }

  /** Finds out how the file is written, and begins with its text. */
  #start(isLast: boolean): void {
    const start = this.#work.toString("latin1", 0, Math.min(this.#filled, START_BYTES));
    const { encoding, markBytes } = readFileStart(start, this.#format, this.#opening.encoding);
    this.#readAs(encoding);
    const bytes = Buffer.from(this.#work.subarray(markBytes, this.#filled));
    this.#filled = 0;
    this.#offset = markBytes;
    this.#fill(this.#toUtf8(bytes, isLast));
  }

  /** Copies the bytes, because a source may fill the same buffer again. */
  #fill(bytes: Uint8Array): void {
    const filled = this.#filled + bytes.length;
    if (filled + SPARE_BYTES > this.#work.length) {
      const grown = Buffer.allocUnsafe(Math.max(filled + SPARE_BYTES, this.#work.length * 2));
      this.#work.copy(grown, 0, 0, this.#filled);
      this.#work = grown;
    }
    this.#work.set(bytes, this.#filled);
    this.#filled = filled;
  }

  /** A row of many pieces is read when twice as much of it came: else each piece would cost the whole of it. */
  #isTooEarly(): boolean {
    const more = this.#filled - this.#lookedAt;
    return this.#lookedAt > LONG_BYTES && more < Math.min(this.#lookedAt, this.#format.limits.rowBytes);
  }

  #toUtf8(bytes: Uint8Array, isLast: boolean): Uint8Array {
    if (this.#decoding === undefined) return bytes;
    try {
      return this.#decoding.toUtf8(bytes, isLast);
    } catch {
      const message = `has bytes that are not ${this.#encoding}, in this line or one of the next`;
      throw fileError(this.#format, "ENCODING", message, this.#line);
    }
  }

  #rowsOf(isLast: boolean): CsvRow<C>[] {
    const bytes = this.#work;
    // Up to the end of a line, where no character is cut.
    const isWhole = isLast || this.#format.carriageReturnEndsLine;
    const end = isWhole ? this.#filled : bytes.subarray(0, this.#filled).lastIndexOf(10) + 1;
    const text = bytes.toString("latin1", 0, end || this.#filled);
    const rows: ReadRow[] = [];
    let at = this.#skipRest(text, 0, isLast, rows);
    let piece: Piece | undefined;
    while (at < text.length && this.#skipped === undefined) {
      if (this.#fast !== undefined) {
        piece ??= this.#pieceOf(bytes, text, at);
        const from = rows.length;
        at = this.#fast(piece, at, this.#line, rows, this.#lines);
        this.#line += rows.length - from;
        this.#offset = piece.offset + at;
        if (at === text.length) break;
      }
      const blank = lineEndAt(text, at, this.#style ?? { delimiter: ",", ...this.#format }, isLast);
      if (blank < 0) break;
      const next = blank > 0 ? blank : this.#readOne(text, at, isLast, rows);
      if (next === undefined) {
        if (text.length - at <= this.#format.limits.rowBytes + 1) break;
        at = this.#skip(text, at, isLast, rows);
        continue;
      }
      if (blank > 0) this.#advance(text, at, next);
      at = next;
    }
    bytes.copyWithin(0, at, this.#filled);
    this.#filled -= at;
    this.#lookedAt = this.#filled;
    return rows as CsvRow<C>[];
  }

  #pieceOf(bytes: Buffer, text: string, at: number): Piece {
    const end = text.lastIndexOf("\n") + 1;
    return { bytes, text, end, isValid: isUtf8(bytes.subarray(0, end)), offset: this.#offset - at };
  }

  /** Reads the header or a row; says where the next one begins, or undefined if it is not whole yet. */
  #readOne(text: string, from: number, isLast: boolean, rows: ReadRow[]): number | undefined {
    if (this.#reading === undefined || this.#style === undefined) {
      const read = readHeader(text.slice(from), isLast, this.#format, this.#line);
      if (read === undefined) return undefined;
      this.#readRowsBy(read.header.delimiter, read.header.names);
      this.#advance(text, from, from + read.record.next);
      return from + read.record.next;
    }
    const record = readRecord(text, from, this.#style, isLast);
    if (record === undefined) return undefined;
    if (record.openQuoteAt >= 0) this.#quoteNotClosed(this.#linesIn(text, from, record.openQuoteAt));
    const isTooLarge = record.end - from > this.#format.limits.rowBytes;
    const read = isTooLarge ? this.#tooLarge() : readRow(record, this.#reading, this.#format);
    if (this.#format.badBytes === "file") this.#refuseBadBytes(read, text.slice(from, record.end));
    const line = this.#line;
    this.#advance(text, from, record.next);
    rows.push(this.#row(line, read, text, from, record.end));
    return record.next;
  }

  #row(line: number, read: ValuesOrFaults<C>, text: string, from: number, end: number): ReadRow {
    const lines = this.#lines;
    const lineFrom = lines?.at ?? 0;
    if (lines && read.values) addLine(lines, line, read.values);
    const lineTo = lines?.at ?? 0;
    return new ReadRow(
      line,
      this.#offset,
      this.#line,
      read.values,
      read.faults,
      lineFrom,
      lineTo,
      text,
      from,
      end,
    );
  }

  #tooLarge(): ValuesOrFaults<C> {
    const code = this.#format.codes?.ROW_TOO_LARGE ?? "ROW_TOO_LARGE";
    return {
      faults: [{ column: null, code, message: `must have at most ${this.#format.limits.rowBytes} bytes` }],
    };
  }

  #refuseBadBytes(read: ValuesOrFaults<C>, row: string): void {
    if (read.faults?.[0]?.code !== (this.#format.codes?.NOT_UTF8 ?? "NOT_UTF8")) return;
    const bytes = Buffer.from(row, "latin1");
    const again = Buffer.from(bytes.toString("utf8"));
    const bad = bytes.findIndex((byte, place) => byte !== again[place]);
    const message = `byte ${this.#offset + bad + 1} of the file is not UTF-8`;
    throw fileError(this.#format, "ENCODING", message, this.#line);
  }

  #quoteNotClosed(linesBefore: number): never {
    const message =
      "the quote that opens a value here is never closed; all lines after it are part of that value";
    throw fileError(this.#format, "QUOTE_NOT_CLOSED", message, this.#line + linesBefore);
  }

  #skip(text: string, at: number, isLast: boolean, rows: ReadRow[]): number {
    if (this.#style === undefined) {
      const message = `the first line has more than ${this.#format.limits.rowBytes} bytes`;
      throw fileError(this.#format, "HEADER_MISSING", message, this.#line);
    }
    this.#skipped = { row: new SkippedRow(this.#style), line: this.#line };
    return this.#skipRest(text, at, isLast, rows);
  }

  /** Goes on with a row that is too large; its end makes it a row with that fault. */
  #skipRest(text: string, from: number, isLast: boolean, rows: ReadRow[]): number {
    if (this.#skipped === undefined) return from;
    const { row, line } = this.#skipped;
    const { at, ended } = row.take(text, from, isLast);
    this.#offset += this.#decoding?.sourceBytes(text.slice(from, at)) ?? at - from;
    if (isLast && !ended && row.isQuoted) this.#quoteNotClosed(row.linesBeforeQuote);
    if (ended || isLast) {
      this.#skipped = undefined;
      this.#line = line + row.lines;
      rows.push(this.#row(line, this.#tooLarge(), row.raw, 0, row.raw.length));
    }
    return at;
  }

  #linesIn(text: string, from: number, to: number): number {
    let lines = 0;
    // Of the part alone: a search in the whole text might pass over all of it for each row.
    const part = text.slice(from, to);
    for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", at + 1)) lines += 1;
    if (!this.#format.carriageReturnEndsLine) return lines;
    for (let at = part.indexOf("\r"); at >= 0; at = part.indexOf("\r", at + 1)) {
      // The next one may stand behind the part.
      if (text.charCodeAt(from + at + 1) !== 10) lines += 1;
    }
    return lines;
  }

  #advance(text: string, from: number, to: number): void {
    this.#line += this.#linesIn(text, from, to);
    this.#offset += this.#decoding?.sourceBytes(text.slice(from, to)) ?? to - from;
  }
}
