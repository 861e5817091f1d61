import type { Item } from "#common/table/table.ts";
import { numberOf, textOf } from "#common/table/table.ts";
import { receiptKey } from "./import-keys.ts";
import type { Counts } from "./import-record.ts";
import type { ChunkState, Progress } from "./ledger.ts";

export type Verdicts = Pick<Counts, "added" | "changed" | "unchanged" | "more">;

/** What is kept of a batch: one item that may exist only once, written with the batch's rows. */
export type KeptReceipt<Receipt> = {
  chunk: number;
  batch: number;
  /** 0 of a load, or the number of the take-back that had the batch said anew. */
  round: number;
  /** `void`: no rows; it stands there so that the batch cannot be loaded any more. */
  state: "committed" | "void" | "undone";
  counts?: Verdicts;
  receipt?: Receipt;
  /** What taking it back did. */
  taken?: { removed: number; restored: number; left: number };
  version: number;
};

export const toReceiptItem = <Receipt>(
  importId: string,
  { version, state, ...rest }: KeptReceipt<Receipt>,
): Item => ({
  ...receiptKey(importId, rest.chunk, rest.batch, rest.round),
  version,
  state,
  data: JSON.stringify(rest),
});

export const fromReceiptItem = <Receipt>(item: Item): KeptReceipt<Receipt> => ({
  // Nothing else writes these texts.
  ...(JSON.parse(textOf(item, "data")) as Omit<KeptReceipt<Receipt>, "version" | "state">),
  state: textOf(item, "state") as KeptReceipt<Receipt>["state"],
  version: numberOf(item, "version"),
});

const sum = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) => {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
};

const addVerdicts = (counts: Counts, { added, changed, unchanged, more }: Verdicts): Counts => ({
  ...counts,
  rows: counts.rows + added + changed + unchanged,
  accepted: counts.accepted + added + changed + unchanged,
  added: counts.added + added,
  changed: counts.changed + changed,
  unchanged: counts.unchanged + unchanged,
  more: sum(counts.more, more),
});

/** The counts with a chunk's batches and rejects. */
export const addChunk = (
  { rows, accepted, rejected, added, changed, unchanged, more }: Counts | Progress,
  chunk: Pick<ChunkState, "rejected">,
  verdicts: readonly Verdicts[],
): Counts =>
  verdicts.reduce(addVerdicts, {
    rows: rows + chunk.rejected,
    accepted,
    rejected: rejected + chunk.rejected,
    added,
    changed,
    unchanged,
    more,
  });
