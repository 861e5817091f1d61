/** A record as it stands in a text; the text holds bytes, one character each (latin1). */
export type RawRecord = {
  fields: string[];
  /** The field with a quote where RFC 4180 has none, or -1. */
  misplacedIn: number;
  /** Where its content ends, and where the next record begins. */
  end: number;
  next: number;
  /** Where the quote stands that the text does not close, or -1; only in the last record. */
  openQuoteAt: number;
};

export type RecordStyle = { delimiter: string; carriageReturnEndsLine: boolean };

const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * Where the line ends that these characters stand in, if `at` is its end: the place of the next line, 0 if
 * nothing ends here, -1 if only the next character, which has not come yet, can say.
 */
export const lineEndAt = (text: string, at: number, style: RecordStyle, isLast: boolean): number => {
  const code = text.charCodeAt(at);
  if (code === LF) return at + 1;
  if (code !== CR) return 0;
  if (at + 1 === text.length) return isLast ? (style.carriageReturnEndsLine ? at + 1 : 0) : -1;
  if (text.charCodeAt(at + 1) === LF) return at + 2;
  return style.carriageReturnEndsLine ? at + 1 : 0;
};

/**
 * Reads the record that begins at `from`; undefined if the text ends before it does, and is not the last of
 * its file. A quote counts only at the start of a field. After a closing quote the field goes on as text,
 * whose quotes mean nothing: so a slip spoils no more than the lines up to the next end of a line.
 */
export const readRecord = (
  text: string,
  from: number,
  style: RecordStyle,
  isLast: boolean,
): RawRecord | undefined => {
  const delimiter = style.delimiter.charCodeAt(0);
  const fields: string[] = [];
  let misplacedIn = -1;
  let at = from;
  for (;;) {
    let value = "";
    const isQuoted = text.charCodeAt(at) === QUOTE;
    if (isQuoted) {
      const openedAt = at;
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) {
          if (!isLast) return undefined;
          fields.push(value + text.slice(at));
          return { fields, misplacedIn, end: text.length, next: text.length, openQuoteAt: openedAt };
        }
        value += text.slice(at, quote);
        at = quote + 1;
        if (text.charCodeAt(at) !== QUOTE) break;
        value += '"';
        at += 1;
      }
      if (at === text.length && !isLast) return undefined;
    }
    const start = at;
    let next = 0;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === delimiter) break;
      if (code === QUOTE) misplacedIn = misplacedIn < 0 ? fields.length : misplacedIn;
      if (code !== LF && code !== CR) continue;
      next = lineEndAt(text, at, style, isLast);
      if (next < 0) return undefined;
      if (next > 0) break;
    }
    if (isQuoted && at > start && misplacedIn < 0) misplacedIn = fields.length;
    fields.push(value + text.slice(start, at));
    if (next > 0) return { fields, misplacedIn, end: at, next, openQuoteAt: -1 };
    if (at === text.length) {
      return isLast ? { fields, misplacedIn, end: at, next: at, openQuoteAt: -1 } : undefined;
    }
    at += 1;
  }
};
