import type { Columns } from "../columns.ts";
import { CsvFileError } from "../faults.ts";
import type { CsvFormat } from "../format.ts";
import { type CsvOpening, CsvReader } from "../reader.ts";
import { type CsvRow, rejectedRow } from "../row.ts";
import { type Output, rejectLine } from "./reference.ts";

/** What the engine makes of a file that comes in these pieces. */
export const readPieces = (
  pieces: Iterable<Uint8Array>,
  format: CsvFormat<Columns>,
  opening: CsvOpening,
): Output => {
  const output: Output = { rows: [], rejects: [] };
  const reader = new CsvReader(format, { ...opening, lines: true });
  const take = (rows: readonly CsvRow<Columns>[]): void => {
    for (const row of rows) {
      if (row.faults) {
        const { line, raw, errors } = rejectedRow(row);
        output.rejects.push(rejectLine(line, raw, errors));
        continue;
      }
      const line = reader.lines(row, row).toString("utf8").trimEnd();
      // Both ways in which a reader gives values must say the same.
      if (line !== JSON.stringify({ line: row.line, values: row.values }))
        throw new Error(`lines differ: ${line}`);
      output.rows.push(line);
    }
  };
  try {
    for (const piece of pieces) take(reader.push(piece));
    take(reader.end());
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return { ...output, fault: { code: error.code, line: error.line } };
  }
  return output;
};

/** The bytes in pieces of this size; the same memory is used for each, as sources may do. */
export function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const piece = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    piece.set(part);
    yield piece.subarray(0, part.length);
  }
}
