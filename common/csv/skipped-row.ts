import type { RecordStyle } from "./record.ts";
import { RAW_BYTES_MAX } from "./row.ts";

const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * A row that is longer than a row may be: only its end is looked for, by the rules of `readRecord`, and its
 * first bytes are kept. So a quote that is never closed costs no memory.
 */
export class SkippedRow {
  readonly #style: RecordStyle;
  readonly #delimiter: number;
  #place: "start" | "plain" | "quoted" | "afterQuote" = "start";
  #raw = "";
  /** Lines that began in it. */
  lines = 0;
  /** The lines before the last quote that opened a value. */
  linesBeforeQuote = 0;

  constructor(style: RecordStyle) {
    this.#style = style;
    this.#delimiter = style.delimiter.charCodeAt(0);
  }

  get isQuoted(): boolean {
    return this.#place === "quoted";
  }

  get raw(): string {
    return this.#raw;
  }

  /** Takes more of the text; says how far it got, and whether the row (with its line end) ends there. */
  take(text: string, from: number, isLast: boolean): { at: number; ended: boolean } {
    const { carriageReturnEndsLine } = this.#style;
    let at = from;
    let ended = false;
    while (at < text.length && !ended) {
      if (this.#place === "quoted" && !carriageReturnEndsLine) {
        at = this.#skipQuoted(text, at);
        continue;
      }
      const code = text.charCodeAt(at);
      const isReturn = code === CR && carriageReturnEndsLine;
      // The next byte says whether two end one line.
      if (isReturn && at + 1 === text.length && !isLast) break;
      const isLineEnd = code === LF || (isReturn && text.charCodeAt(at + 1) !== LF);
      if (isLineEnd) this.lines += 1;
      at += 1;
      if (this.#place === "quoted") {
        if (code === QUOTE) this.#place = "afterQuote";
      } else if (isLineEnd) {
        ended = true;
      } else if (code === QUOTE && this.#place === "start") {
        this.#place = "quoted";
        this.linesBeforeQuote = this.lines;
      } else if (code === QUOTE && this.#place === "afterQuote") {
        this.#place = "quoted";
      } else if (!isReturn) {
        this.#place = code === this.#delimiter ? "start" : "plain";
      }
    }
    if (this.#raw.length < RAW_BYTES_MAX) this.#raw += text.slice(from, Math.min(at, from + RAW_BYTES_MAX));
    return { at, ended };
  }

  /** Passes over what stands in quotes, much faster than byte by byte: it may be the rest of the file. */
  #skipQuoted(text: string, from: number): number {
    const quote = text.indexOf('"', from);
    const end = quote < 0 ? text.length : quote;
    // Of the part alone: a search in the whole text might pass over all of it for each pair of quotes.
    const part = text.slice(from, end);
    for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", at + 1)) this.lines += 1;
    if (quote < 0) return end;
    this.#place = "afterQuote";
    return quote + 1;
  }
}
