import type { Shown } from "../rows/shown.ts";

/** A transaction as it stands in the feed: what is shown of it, with the time when that changed. */
export type FeedRow = Shown & { updatedAt: string };

/** One change of what an account shows. Entries of an account are numbered 1, 2, 3 … without a gap. */
export type Entry =
  | { readonly kind: "added" | "modified"; readonly transactionId: string; readonly row: FeedRow }
  | { readonly kind: "removed"; readonly transactionId: string };

/** How an entry is stored: its kind's first letter, and the row or, of one that is gone, its id. */
export type StoredEntry = readonly ["a" | "m", FeedRow] | readonly ["r", string];

export const storedEntry = (entry: Entry): StoredEntry =>
  entry.kind === "removed" ? ["r", entry.transactionId] : [entry.kind === "added" ? "a" : "m", entry.row];

export const entryFromStored = ([kind, value]: StoredEntry): Entry =>
  typeof value === "string"
    ? { kind: "removed", transactionId: value }
    : { kind: kind === "a" ? "added" : "modified", transactionId: value.transactionId, row: value };
