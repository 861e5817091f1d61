import type { Columns } from "#common/csv/columns.ts";
import { CsvFileError } from "#common/csv/faults.ts";
import { type CutDeps, cutSlice } from "./cut-file.ts";
import type { ImportRecord } from "./import-record.ts";
import { Overtaken } from "./ledger.ts";
import type { ImportKind, JsonValue } from "./registration.ts";
import type { makeStopImport } from "./stop-import.ts";

/** How long a slice reads before it hands on. */
export const SLICE_MS = 240_000;

export type ChunkImportDeps = CutDeps & {
  endIfDone(importId: string): Promise<ImportRecord | undefined>;
  stopImport: ReturnType<typeof makeStopImport>;
  sliceMs?: number;
};

/**
 * Works on one slice of an import's file. Everything may be done twice or half: a slice that was read already sends
 * its follow-up again, and an import that is past its chunks goes on with whatever is due.
 */
export const makeChunkImport = <Row extends JsonValue, C extends Columns>(
  deps: ChunkImportDeps,
  kind: ImportKind<Row, C>,
) => {
  const { ledger, queues, now, endIfDone, stopImport, sliceMs = SLICE_MS } = deps;

  /** Sends on what may not have left, and ends what is done. */
  const goOn = async (importId: string, slice: number): Promise<void> => {
    const record = await endIfDone(importId);
    if (record?.phase === "reverting") await queues.revert({ importId });
    if (record?.phase === "chunking" && record.slice > slice) {
      await queues.file({ importId, slice: record.slice });
    }
  };

  return async (importId: string, slice: number): Promise<void> => {
    const record = await ledger.read(importId);
    if (record?.phase !== "chunking" || record.slice !== slice) return goOn(importId, slice);
    try {
      const cut = await cutSlice(deps, kind, record, now() + sliceMs);
      if (cut.kind === "more") {
        await ledger.move(record, { slice: slice + 1, checkpoint: cut.checkpoint });
      } else if (cut.kind === "end") {
        await ledger.move(record, { phase: "loading", chunkCount: cut.chunkCount, sha256: cut.sha256 });
      }
    } catch (error) {
      if (error instanceof CsvFileError) {
        const { code, line, message } = error;
        await stopImport(importId, "failed", { code, ...(line === undefined ? {} : { line }), message });
      }
      // Another chunker has done the same, or the import was stopped: what stands there now says what is due.
      else if (!(error instanceof Overtaken)) throw error;
    }
    await goOn(importId, slice);
  };
};
