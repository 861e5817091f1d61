import { makeChunker, makeLoader, makeReverter } from "../imports.ts";
import { openLedger } from "../ledger.ts";
import { makeStopImport, makeUndoImport } from "../stop-import.ts";
import { toyImports, toyKind } from "./toy-imports.ts";

/** All that a schedule of the model runs, in one module, so that a changed copy of it can be loaded. */
export const flows = {
  makeChunker,
  makeLoader,
  makeReverter,
  makeStopImport,
  makeUndoImport,
  openLedger,
  toyImports,
  toyKind,
};

export type Flows = typeof flows;
