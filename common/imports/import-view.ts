import { type ImportRecord, isRunning, NO_COUNTS, type Reason, type Undo } from "./import-record.ts";
import type { Progress } from "./ledger.ts";

export type ImportStatus =
  | "awaitingUpload"
  | "running"
  | "completed"
  | "reverting"
  | "failed"
  | "cancelled"
  | "undone";

/** An import as its users see it. */
export type ImportView = {
  id: string;
  service: string;
  /** The object's key. */
  file: string;
  fileName?: string;
  source: string;
  parentImport?: string;
  dryRun: boolean;
  status: ImportStatus;
  rows: number;
  accepted: number;
  rejected: number;
  added: number;
  changed: number;
  unchanged: number;
  bytes: number;
  bytesRead: number;
  chunks: number;
  chunksDone: number;
  secondsLeft?: number;
  startedAt: string;
  startedBy?: string;
  seconds: number;
  reason?: Reason;
  undo?: Undo;
};

const given = <Name extends string, T>(name: Name, value: T | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [N in Name]?: T };

/**
 * `progress` is what was read together with a record that runs; of an ended one everything stands in the record. The
 * seconds left are those that the rest of the file takes at the pace so far, and absent before there is a pace.
 */
export const importView = (record: ImportRecord, progress: Progress | undefined, now: number): ImportView => {
  const counts = record.counts ?? progress ?? NO_COUNTS;
  const bytesRead = Math.min(record.bytes, record.bytesRead ?? progress?.bytesRead ?? 0);
  const chunksDone = record.chunksDone ?? progress?.chunksDone ?? 0;
  const elapsedMs = Math.max(0, (record.endedAt ?? now) - record.startedAt);
  const left =
    isRunning(record) && bytesRead > 0
      ? Math.ceil((elapsedMs * (record.bytes - bytesRead)) / bytesRead / 1_000)
      : undefined;
  return {
    id: record.importId,
    service: record.service,
    file: record.file.key,
    ...given("fileName", record.fileName),
    source: record.source,
    ...given("parentImport", record.parentImport),
    dryRun: record.dryRun,
    status: isRunning(record)
      ? "running"
      : (record.phase as Exclude<typeof record.phase, "chunking" | "loading">),
    rows: counts.rows,
    accepted: counts.accepted,
    rejected: counts.rejected,
    added: counts.added,
    changed: counts.changed,
    unchanged: counts.unchanged,
    bytes: record.bytes,
    bytesRead,
    chunks: Math.max(record.chunkCount ?? record.checkpoint?.chunk ?? 0, chunksDone),
    chunksDone,
    ...given("secondsLeft", left),
    startedAt: new Date(record.startedAt).toISOString(),
    ...given("startedBy", record.startedBy),
    seconds: record.seconds ?? Math.floor(elapsedMs / 1_000),
    ...given("reason", record.reason),
    ...given("undo", record.undo),
    ...counts.more,
  };
};
