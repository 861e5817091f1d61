import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 65_536;
const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

export type ResultPage = { rows: (string | null)[][]; next?: number };

/** The rows of a result in Athena's CSV from a place in the file on: what stands in no quotes is null. */
export const readPage = (file: string, from: number, limit: number): ResultPage => {
  const handle = openSync(file, "r");
  try {
    const rows: (string | null)[][] = [];
    let row: (string | null)[] = [];
    let value: number[] = [];
    let isQuoted = false;
    let inQuotes = false;
    let position = from;
    const buffer = Buffer.alloc(CHUNK_BYTES);

    const endValue = (): void => {
      row.push(isQuoted ? Buffer.from(value).toString("utf8") : null);
      value = [];
      isQuoted = false;
    };
    for (;;) {
      const count = readSync(handle, buffer, 0, CHUNK_BYTES, position);
      if (count === 0) return { rows };
      for (let at = 0; at < count; at += 1) {
        const byte = buffer[at] ?? 0;
        if (byte === QUOTE) {
          // A second quote at once is one that belongs to the value.
          if (!inQuotes && isQuoted) value.push(QUOTE);
          inQuotes = !inQuotes;
          isQuoted = true;
        } else if (inQuotes) value.push(byte);
        else if (byte === COMMA) endValue();
        else if (byte === NEWLINE) {
          endValue();
          rows.push(row);
          row = [];
          if (rows.length === limit) {
            const next = position + at + 1;
            const isLast = readSync(handle, Buffer.alloc(1), 0, 1, next) === 0;
            return isLast ? { rows } : { rows, next };
          }
        }
      }
      position += count;
    }
  } finally {
    closeSync(handle);
  }
};
