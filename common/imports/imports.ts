import type { Columns } from "#common/csv/columns.ts";
import { type ChunkImportDeps, makeChunkImport } from "./chunk-import.ts";
import { makeEndIfDone } from "./end-import.ts";
import { type LedgerDeps, openLedger } from "./ledger.ts";
import { makeLoadChunk } from "./load-chunk.ts";
import { receiveUpload, registerDelivery } from "./register-import.ts";
import type { ImportKind, ImportLoading, JsonValue } from "./registration.ts";
import { makeRevertImport } from "./revert-import.ts";
import { makeStopImport } from "./stop-import.ts";

/** What reads files: registers them and cuts them into chunks. Needs the service's kind alone. */
export const makeChunker = <Row extends JsonValue, C extends Columns>(
  deps: LedgerDeps & Pick<ChunkImportDeps, "chunkRows" | "sliceMs" | "beginHash">,
  kind: ImportKind<Row, C>,
) => {
  const ledger = openLedger(deps.table);
  const own = { ...deps, ledger };
  const stopImport = makeStopImport(own);
  return {
    registerDelivery: registerDelivery(own),
    receiveUpload: receiveUpload(own),
    chunkImport: makeChunkImport({ ...own, stopImport, endIfDone: makeEndIfDone(own) }, kind),
  };
};

/** What loads chunks, and what takes imports back. */
export const makeLoader = <Row extends JsonValue, Receipt extends JsonValue, C extends Columns>(
  deps: LedgerDeps,
  service: ImportLoading<Row, Receipt, C>,
) => {
  const own = { ...deps, ledger: openLedger(deps.table) };
  return makeLoadChunk({ ...own, endIfDone: makeEndIfDone(own) }, service);
};

export const makeReverter = <Row extends JsonValue, Receipt extends JsonValue, C extends Columns>(
  deps: LedgerDeps & { revertMs?: number },
  service: ImportLoading<Row, Receipt, C>,
) => {
  const own = { ...deps, ledger: openLedger(deps.table) };
  return makeRevertImport({ ...own, endIfDone: makeEndIfDone(own) }, service);
};
