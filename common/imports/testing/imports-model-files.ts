import { unpackBatches } from "../chunk-file.ts";
import type { Toy } from "./toy-imports.ts";

/** Thrown with the invariant that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export function must(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new Broken(invariant);
}

export const pick = <T>(random: () => number, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

export type SaidRow = { line: number; key: string; value: string };

export type ModelFile = {
  key: string;
  text: string;
  timeMs: number;
  dryRun: boolean;
  /** Whether it fails as a whole. */
  isBad: boolean;
  rejected: number;
  rows: SaidRow[];
};

/** Key of the thing that a row is about, as the toy service makes it. */
const keyOf = ({ shelf, id, value }: Toy, ordinal: number): string =>
  id === undefined ? `${shelf}/equal/${value}/${ordinal}` : `${shelf}/id/${id}`;

/** Makes rows so long that a file is read in several pieces and slices. */
const PADDING = "p".repeat(1_500);

/** Few shelves, ids and values, so that files agree, contradict each other and themselves. */
const makeFile = (random: () => number, number: number): ModelFile => {
  const rows: SaidRow[] = [];
  const counted = new Map<string, number>();
  const lines = ["shelf,id,value,padding"];
  let rejected = 0;
  const length = Math.floor(random() * 10);
  for (let index = 0; index < length; index += 1) {
    const line = lines.length + 1;
    if (random() < 0.1) {
      lines.push(`a,!,x,${PADDING}`);
      rejected += 1;
      continue;
    }
    const shelf = pick(random, ["a", "b"]);
    const id = random() < 0.7 ? pick(random, ["1", "2", "3"]) : undefined;
    const value = pick(random, ["x", "x", "y"]);
    const toy: Toy = id === undefined ? { shelf, value } : { shelf, id, value };
    const equal = `${shelf} ${value}`;
    const ordinal = id === undefined ? (counted.get(equal) ?? 0) : 0;
    if (id === undefined) counted.set(equal, ordinal + 1);
    lines.push(`${shelf},${id ?? ""},${value},${PADDING}`);
    rows.push({ line, key: keyOf(toy, ordinal), value });
  }
  const isBad = random() < 0.12;
  if (isBad) lines.push('a,1,"never closed');
  return {
    key: `toys/demo/file-${number}.csv`,
    text: `${lines.join("\n")}\n`,
    timeMs: 1_000 + number,
    dryRun: random() < 0.15,
    isBad,
    rejected,
    rows,
  };
};

export const makeFiles = (random: () => number): ModelFile[] =>
  Array.from({ length: 1 + Math.floor(random() * 4) }, (_, number) => makeFile(random, number));

/** What rows show: the newest import's, of it the last line's. */
export const shownBy = (
  said: readonly { number: number; line: number; value: string }[],
): string | undefined =>
  said.toSorted((one, other) => one.number - other.number || one.line - other.line).at(-1)?.value;

/** The rows of a chunk's batches with the keys of what they are about. */
export const fromChunkObject = (bytes: Uint8Array): SaidRow[][] =>
  unpackBatches<Toy>(bytes).map((batch) =>
    batch.map(({ line, row, ordinal }) => ({ line, key: keyOf(row, ordinal), value: row.value })),
  );
