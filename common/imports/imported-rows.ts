import { fromLines } from "./chunk-file.ts";
import { objectKeys } from "./import-keys.ts";
import type { ChunkState, ImportBucket, Ledger } from "./ledger.ts";

/** Rows that are kept of an import for people: those that were rejected, or what a dry run would do. */
export type KeptRows = "rejects" | "changes";

/** The place of a row: its chunk, and how many of the chunk are before it. */
export type RowPlace = { chunk: number; row: number };

export type PlacedRow = { row: { line: number; [name: string]: unknown }; place: RowPlace };

const keyOf = (importId: string, kept: KeptRows, state: ChunkState): string | undefined => {
  if (kept === "changes") return state.differences;
  return state.rejected > 0 ? objectKeys.rejects(importId, state.chunk) : undefined;
};

/** Rows in the order of the file, from behind a place on; chunks are cut from the file in its order. */
export async function* keptRows(
  { ledger, bucket }: { ledger: Pick<Ledger, "chunks">; bucket: Pick<ImportBucket, "get"> },
  importId: string,
  kept: KeptRows,
  after?: RowPlace,
): AsyncGenerator<PlacedRow> {
  for (const state of await ledger.chunks(importId)) {
    if (after && state.chunk < after.chunk) continue;
    const key = keyOf(importId, kept, state);
    const bytes = key === undefined ? undefined : await bucket.get(key);
    if (!bytes) continue;
    const first = after?.chunk === state.chunk ? after.row : 0;
    const rows = fromLines<PlacedRow["row"]>(bytes);
    for (const [index, row] of rows.entries()) {
      if (index >= first) yield { row, place: { chunk: state.chunk, row: index + 1 } };
    }
  }
}
