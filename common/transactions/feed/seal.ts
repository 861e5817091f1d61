import { type Entry, storedEntry } from "./entry.ts";

/** An account's place in its feed: entries up to `spilled` are sealed in segments, those behind it are the tail. */
export type FeedEnd = { readonly last: number; readonly spilled: number; readonly tail: readonly Entry[] };

/** Entries that never change any more; `last` is the sequence of the last one. */
export type Segment = { readonly first: number; readonly last: number; readonly entries: readonly Entry[] };

/** The account's item is written with each change, and is to stay within 2 KB. */
const TAIL_BYTES_MAX = 700;

/** Far below the 400 KB of an item, also where nothing of it can be compressed. */
const SEGMENT_BYTES_MAX = 250_000;

const bytesOf = (entry: Entry): number => Buffer.byteLength(JSON.stringify(storedEntry(entry)));

/** Puts entries behind the end of a feed: into the tail or, when that is full, with it into sealed segments. */
export const append = (
  end: FeedEnd,
  entries: readonly Entry[],
): { end: FeedEnd; segments: readonly Segment[] } => {
  const last = end.last + entries.length;
  const tail = [...end.tail, ...entries];
  const sizes = tail.map(bytesOf);
  if (sizes.reduce((sum, bytes) => sum + bytes, 0) <= TAIL_BYTES_MAX) {
    return { end: { ...end, last, tail }, segments: [] };
  }
  const segments: Segment[] = [];
  let part: Entry[] = [];
  let bytes = 0;
  let sequence = end.spilled;
  const seal = (): void => {
    const first = sequence + 1;
    sequence += part.length;
    segments.push({ first, last: sequence, entries: part });
    [part, bytes] = [[], 0];
  };
  for (const [index, entry] of tail.entries()) {
    const size = sizes[index] ?? 0;
    if (part.length > 0 && bytes + size > SEGMENT_BYTES_MAX) seal();
    part.push(entry);
    bytes += size;
  }
  seal();
  return { end: { last, spilled: last, tail: [] }, segments };
};
