import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type CsvCheckpoint, CsvReader } from "../common/csv/reader.ts";
import { MOVEMENTS, NOW_MS } from "../common/csv/testing/movements.ts";

const BLOCK_BYTES = 1_048_576;

/** How often a byte is in a block. */
const count = (block: Buffer, byte: number): number => {
  let found = 0;
  for (let at = block.indexOf(byte); at >= 0; at = block.indexOf(byte, at + 1)) found += 1;
  return found;
};

/**
 * Where a second worker can begin: behind the first end of a line past the middle with an even number of quotes
 * before it. A misplaced quote can make that wrong, so the first worker must have come to the same place.
 */
export const checkpointInTheMiddle = (path: string): CsvCheckpoint => {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  const block = Buffer.alloc(BLOCK_BYTES);
  const read = (at: number) => block.subarray(0, readSync(file, block, 0, BLOCK_BYTES, at));

  const reader = new CsvReader(MOVEMENTS, { nowMs: NOW_MS });
  const [row] = reader.push(read(0));
  const first = row && reader.checkpoint(row);
  if (first === undefined) throw new Error("the file has no rows");

  let offset = 0;
  let lines = 0;
  let quotes = 0;
  for (; offset + BLOCK_BYTES < size / 2; offset += BLOCK_BYTES) {
    const bytes = read(offset);
    lines += count(bytes, 10);
    quotes += count(bytes, 34);
  }
  const bytes = read(offset);
  let end = bytes.indexOf(10, Math.floor(size / 2) - offset);
  while ((quotes + count(bytes.subarray(0, end), 34)) % 2 === 1) end = bytes.indexOf(10, end + 1);
  closeSync(file);
  return { ...first, offset: offset + end + 1, line: 1 + lines + count(bytes.subarray(0, end + 1), 10) };
};
