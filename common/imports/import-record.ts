import type { CsvCheckpoint } from "#common/csv/reader.ts";
import type { Item } from "#common/table/table.ts";
import { numberOf, textOf } from "#common/table/table.ts";
import { importKey } from "./import-keys.ts";
import type { ImportFacts, ImportOptions } from "./registration.ts";

export type Source = "delivery" | "upload" | "connector";

/**
 * Where an import is. `chunking` and `loading` are both `running` for users; `reverting` ends in its `outcome`. The
 * last four are ends.
 */
export type Phase =
  | "awaitingUpload"
  | "chunking"
  | "loading"
  | "reverting"
  | "completed"
  | "failed"
  | "cancelled"
  | "undone";

export type Outcome = "failed" | "cancelled" | "undone";

export type Reason = { code: string; line?: number; message: string };

export type Undo = { removed: number; restored: number; left: number };

/** The object that is read: one version of one key. */
export type FileObject = { key: string; versionId: string; eTag?: string };

/** Where the next slice of the chunker begins. */
export type Checkpoint = {
  csv: CsvCheckpoint;
  /** Number of the next chunk. */
  chunk: number;
  /** Bytes of the object that are behind the chunks so far. */
  bytesRead: number;
  /** State of the SHA-256, base64; of a packed file there is none, because each slice reads it from its beginning. */
  hash?: string;
  /** Parts of the fingerprints' table in the bucket. */
  fingerprintParts: number;
};

export type Counts = {
  rows: number;
  accepted: number;
  rejected: number;
  added: number;
  changed: number;
  unchanged: number;
  /** Those that the service adds. */
  more: Readonly<Record<string, number>>;
};

export const NO_COUNTS: Counts = {
  rows: 0,
  accepted: 0,
  rejected: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  more: {},
};

/** All that is kept of an import, save for the progress of its chunks. */
export type ImportRecord = {
  importId: string;
  organizationId: string;
  service: string;
  source: Source;
  file: FileObject;
  fileName?: string;
  parentImport?: string;
  dryRun: boolean;
  options: ImportOptions;
  defaults: Readonly<Record<string, string>>;
  phase: Phase;
  startedAt: number;
  startedBy?: string;
  /** Of what it was asked by, if there was an id. */
  transactionId?: string;
  bytes: number;
  /** 0 until it is numbered, which an awaited upload is when it comes. */
  number: number;
  beside: boolean;
  slice: number;
  checkpoint?: Checkpoint;
  /** Known at the end of the file. */
  chunkCount?: number;
  sha256?: string;
  reason?: Reason;
  /**
   * Of a take-back: its number in the line, what it ends in, and whether what ran before it is over: the free receipts
   * are void, or the end that came before is announced.
   */
  takeBack?: { number: number; outcome: Outcome; voided: boolean };
  undo?: Undo;
  /** As it ended. */
  counts?: Counts;
  /** Chunks that were loaded when it ended. */
  chunksDone?: number;
  bytesRead?: number;
  endedAt?: number;
  /** That it took, until it ended for the first time. */
  seconds?: number;
  /** Whether report and event are out, and the import has left the line. */
  announced: boolean;
  version: number;
};

const ENDS: ReadonlySet<Phase> = new Set(["completed", "failed", "cancelled", "undone"]);

export const hasEnded = ({ phase }: Pick<ImportRecord, "phase">): boolean => ENDS.has(phase);

export const isRunning = ({ phase }: Pick<ImportRecord, "phase">): boolean =>
  phase === "chunking" || phase === "loading";

export const factsOf = (record: ImportRecord): ImportFacts => ({
  importId: record.importId,
  organizationId: record.organizationId,
  number: record.number,
  beside: record.beside,
  dryRun: record.dryRun,
  startedAt: record.startedAt,
  ...(record.startedBy === undefined ? {} : { startedBy: record.startedBy }),
  options: record.options,
});

export const toImportItem = ({ version, ...rest }: ImportRecord): Item => ({
  ...importKey(rest.importId),
  version,
  data: JSON.stringify(rest),
});

export const fromImportItem = (item: Item): ImportRecord => ({
  // Nothing else writes these texts.
  ...(JSON.parse(textOf(item, "data")) as Omit<ImportRecord, "version">),
  version: numberOf(item, "version"),
});
