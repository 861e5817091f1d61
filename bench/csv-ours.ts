import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { type CsvCheckpoint, CsvReader } from "../common/csv/reader.ts";
import { MOVEMENTS, NOW_MS } from "../common/csv/testing/movements.ts";

const PIECE_BYTES = 32 * 1024;

export type Part = { start: number; end: number; checkpoint?: CsvCheckpoint | undefined; times?: number };

/** Ours, over a part of a file; gives the checkpoint behind its last row. */
export const readPart = async (from: string, to: string, part: Part): Promise<CsvCheckpoint | undefined> => {
  const { start, end, checkpoint, times = 1 } = part;
  const reader = new CsvReader(MOVEMENTS, {
    nowMs: NOW_MS,
    lines: true,
    ...(checkpoint ? { from: checkpoint } : {}),
  });
  const file = openSync(to, "w");
  let last: CsvCheckpoint | undefined;
  const take = (rows: ReturnType<typeof reader.push>): void => {
    const [first, final] = [rows[0], rows.at(-1)];
    if (first === undefined || final === undefined) return;
    writeSync(file, reader.lines(first, final));
    last = reader.checkpoint(final);
  };
  let bodyStart = start;
  for (let time = 0; time < times; time += 1) {
    const pieces = createReadStream(from, { start: bodyStart, end: end - 1, highWaterMark: PIECE_BYTES });
    for await (const piece of pieces) {
      take(reader.push(piece));
      // The header is not repeated with the rows.
      if (bodyStart === 0) bodyStart = piece.indexOf("\n") + 1;
    }
  }
  take(reader.end());
  closeSync(file);
  return last;
};
