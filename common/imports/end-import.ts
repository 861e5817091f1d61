import { uuidFrom } from "#common/ids/uuid.ts";
import { count } from "#common/telemetry/metrics.ts";
import { fromLines } from "./chunk-file.ts";
import { objectKeys, openKey } from "./import-keys.ts";
import { hasEnded, type ImportRecord, NO_COUNTS } from "./import-record.ts";
import { importView } from "./import-view.ts";
import type { ImportEventName, Ledger, LedgerDeps } from "./ledger.ts";
import { untilDone } from "./ledger.ts";
import { leave, putLine } from "./line.ts";

/** Rejects that a report shows. */
const REPORTED_REJECTS = 1_000;

/** A larger share of rejected rows is worth a look. */
const REJECTS_SHARE_MAX = 0.05;

const EVENT_NAMES = {
  completed: "import_completed",
  failed: "import_failed",
  cancelled: "import_cancelled",
  undone: "import_undone",
} as const satisfies Record<string, ImportEventName>;

type EndDeps = Pick<LedgerDeps, "table" | "bucket" | "publish" | "now"> & { ledger: Ledger };

/** The report: made from the ledger and the rejects alone, so that its bytes are always the same. */
const reportOf = async (
  { bucket, ledger }: Pick<LedgerDeps, "bucket"> & { ledger: Ledger },
  record: ImportRecord,
): Promise<Uint8Array> => {
  const rejects: unknown[] = [];
  for (const { chunk, rejected } of await ledger.chunks(record.importId)) {
    if (rejected === 0) continue;
    const lines = await bucket.get(objectKeys.rejects(record.importId, chunk));
    if (lines) rejects.push(...fromLines(lines));
    if (rejects.length >= REPORTED_REJECTS) break;
  }
  const { undo, ...view } = importView(record, undefined, record.endedAt ?? 0);
  // What an undo would do changes; what one did does not.
  const undone = record.phase === "undone" ? { undo } : {};
  return Buffer.from(
    `${JSON.stringify(
      { ...view, ...undone, sha256: record.sha256 ?? null, rejects: rejects.slice(0, REPORTED_REJECTS) },
      null,
      2,
    )}\n`,
  );
};

const eventOf = (record: ImportRecord) => {
  const { id, undo: _, ...fields } = importView(record, undefined, record.endedAt ?? 0);
  const { more = {}, ...counts } = record.counts ?? NO_COUNTS;
  const counted = { ...counts, ...more };
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in counted))),
    importId: id,
    counts: counted,
    id: uuidFrom("import", id, record.phase),
    organizationId: record.organizationId,
    ...(record.startedBy === undefined ? {} : { userId: record.startedBy }),
    ...(record.transactionId === undefined ? {} : { transactionId: record.transactionId }),
    time: new Date(record.endedAt ?? 0).toISOString(),
  };
};

/** Writes the report and publishes the end of an import; a repeat writes the same bytes and the same id. */
export const publishEnd = async (
  deps: Pick<LedgerDeps, "bucket" | "publish"> & { ledger: Ledger },
  record: ImportRecord,
): Promise<void> => {
  const { service, organizationId, importId, phase } = record;
  const key = objectKeys.report(service, organizationId, importId);
  await deps.bucket.put(key, await reportOf(deps, record), "application/json");
  await deps.publish(EVENT_NAMES[phase as keyof typeof EVENT_NAMES], eventOf(record));
  if (phase === "failed") count("ImportsFailed");
  const { rows = 0, rejected = 0 } = record.counts ?? {};
  if (phase === "completed" && rejected > rows * REJECTS_SHARE_MAX) count("ImportRejectsHigh");
};

/** Announces an end, then takes the import out of the line. */
const announceEnd = async (deps: EndDeps, record: ImportRecord): Promise<void> => {
  const { ledger } = deps;
  const { service, organizationId, importId } = record;
  await publishEnd(deps, record);
  const line = await ledger.readLine(organizationId, service);
  const out = leave(leave(line, record.number), record.takeBack?.number ?? 0);
  const others = out.entries.length < line.entries.length ? [putLine(out)] : [];
  await ledger.move(record, { announced: true }, [...others, { remove: openKey(importId) }]);
};

/**
 * Ends an import whose chunks are all loaded, and announces one that has ended. Chunker, loader and reverter call it
 * before they acknowledge their message: whichever comes last finds what is due.
 */
export const makeEndIfDone =
  (deps: EndDeps) =>
  async (importId: string): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const { ledger, now } = deps;
      let record = await ledger.read(importId);
      if (record?.phase === "loading") {
        const { version: _, chunksDone, bytesRead: __, ...counts } = await ledger.readProgress(importId);
        if (chunksDone !== record.chunkCount) return record;
        const endedAt = Math.max(now(), record.startedAt);
        record = await ledger.move(record, {
          phase: "completed",
          endedAt,
          seconds: Math.floor((endedAt - record.startedAt) / 1_000),
          counts,
          chunksDone,
          bytesRead: record.bytes,
        });
      }
      if (record && hasEnded(record) && !record.announced) await announceEnd(deps, record);
      return record;
    });
