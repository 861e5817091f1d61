import type { Columns } from "./columns.ts";

/** Lines of JSON of one `push`, in memory that the next one uses again. */
export type LineBuffer = { bytes: Buffer; at: number };

const FIRST_BYTES = 256 * 1024;

export const emptyLines = (): LineBuffer => ({ bytes: Buffer.allocUnsafe(FIRST_BYTES), at: 0 });

/** A unit of UTF-16 has three bytes as UTF-8. */
const UNIT_BYTES_MAX = 3;

export const reserveBytes = (lines: LineBuffer, bytes: number): Buffer => {
  if (lines.at + bytes <= lines.bytes.length) return lines.bytes;
  const grown = Buffer.allocUnsafe(Math.max(lines.bytes.length * 2, lines.at + bytes));
  lines.bytes.copy(grown, 0, 0, lines.at);
  lines.bytes = grown;
  return grown;
};

/** Adds a line as `JSON.stringify` writes it. */
export const addLine = (lines: LineBuffer, line: number, values: unknown): void => {
  const text = `${JSON.stringify({ line, values })}\n`;
  lines.at += reserveBytes(lines, text.length * UNIT_BYTES_MAX).write(text, lines.at);
};

/** Writes a text of ASCII, and says where it ends. */
export const writeAscii = (text: string, bytes: Uint8Array, at: number): number => {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
};

/** Writes digits, and says where they end. */
export const writeInteger = (value: number, bytes: Uint8Array, at: number): number => {
  let end = at + 1;
  for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) end += 1;
  for (let place = end - 1, rest = value; place >= at; place -= 1, rest = (rest / 10) | 0) {
    bytes[place] = 48 + (rest % 10);
  }
  return end;
};

/** As long as a value may be that is not copied from the file: a time, a filled-up amount, a word of the schema. */
export const MADE_VALUE_BYTES = 64;

/**
 * Where the values of a row stand that is read right now, by the order of the schema: numbers in threes. The
 * third says whether there is none (0), whether the value is the bytes between the first two (1), or whether it was
 * made of something else (2) and stands in `made`.
 */
export type RowSpans = { spans: Int32Array; made: string[] };

export const rowSpans = (columns: Columns): RowSpans => {
  const { length } = Object.keys(columns);
  return { spans: new Int32Array(length * 3), made: Array.from({ length }, () => "") };
};

/** Adds the line of a row without anything that JSON escapes; false if it cannot. */
export type WriteLine = (
  lines: LineBuffer,
  line: number,
  bytes: Uint8Array,
  row: RowSpans,
  rowBytes: number,
) => boolean;

const START = Buffer.from('{"line":');
const VALUES = Buffer.from(',"values":{');

const copy = (from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number => {
  let place = at;
  // A call of `set` for the few bytes of a value would cost more than they do.
  for (let index = start; index < end; index += 1) to[place++] = from[index] as number;
  return place;
};

/**
 * Makes what adds a row's line, `{"line":2,"values":{…}}`: values that stay as they are go from the bytes of the
 * file to those of the line, never through a string.
 */
export const lineWriter = (columns: Columns): WriteLine => {
  const names = Object.keys(columns);
  // Only behind a first member that is always there do the others know that a comma comes.
  const first = columns[names[0] ?? ""];
  if (first === undefined || (first.optional && first.default === undefined)) return () => false;
  const members = names.map((name, place) =>
    Buffer.from(`${place === 0 ? "" : ","}${JSON.stringify(name)}:"`),
  );
  const literals = Buffer.concat(members);
  const ends: number[] = [];
  for (const member of members) ends.push((ends.at(-1) ?? 0) + member.length);
  const bytesMax = literals.length + names.length * (MADE_VALUE_BYTES + 1) + 64;

  return (lines, line, bytes, { spans, made }, rowBytes) => {
    const to = reserveBytes(lines, rowBytes + bytesMax);
    let at = copy(START, 0, START.length, to, lines.at);
    at = writeInteger(line, to, at);
    at = copy(VALUES, 0, VALUES.length, to, at);
    let from = 0;
    for (let place = 0; place < ends.length; place += 1) {
      const end = ends[place] as number;
      const kind = spans[place * 3 + 2];
      if (kind !== 0) {
        at = copy(literals, from, end, to, at);
        at =
          kind === 1
            ? copy(bytes, spans[place * 3] as number, spans[place * 3 + 1] as number, to, at)
            : writeAscii(made[place] as string, to, at);
        to[at++] = 34;
      }
      from = end;
    }
    to[at] = 125;
    to[at + 1] = 125;
    to[at + 2] = 10;
    lines.at = at + 3;
    return true;
  };
};
