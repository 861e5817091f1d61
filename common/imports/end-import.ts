import { uuidFrom } from "#common/ids/uuid.ts";
import { fromLines } from "./chunk-file.ts";
import { objectKeys, openKey } from "./import-keys.ts";
import { hasEnded, type ImportRecord, NO_COUNTS } from "./import-record.ts";
import { importView } from "./import-view.ts";
import type { ImportEventName, Ledger, LedgerDeps } from "./ledger.ts";
import { Overtaken } from "./ledger.ts";
import { leave, putLine } from "./line.ts";

/** Rejects that a report shows. */
const REPORTED_REJECTS = 1_000;

const EVENT_NAMES = {
  completed: "import_completed",
  failed: "import_failed",
  cancelled: "import_cancelled",
  undone: "import_undone",
} as const satisfies Record<string, ImportEventName>;

type EndDeps = Pick<LedgerDeps, "table" | "bucket" | "publish" | "now"> & { ledger: Ledger };

/** The report: made from the ledger and the rejects alone, so that its bytes are the same whoever writes it. */
const reportOf = async ({ bucket, ledger }: EndDeps, record: ImportRecord): Promise<Uint8Array> => {
  const rejects: unknown[] = [];
  for (const { chunk, rejected } of await ledger.chunks(record.importId)) {
    if (rejected === 0) continue;
    const lines = await bucket.get(objectKeys.rejects(record.importId, chunk));
    if (lines) rejects.push(...fromLines(lines));
    if (rejects.length >= REPORTED_REJECTS) break;
  }
  const view = importView(record, undefined, record.endedAt ?? 0);
  return Buffer.from(
    `${JSON.stringify(
      { ...view, sha256: record.sha256 ?? null, rejects: rejects.slice(0, REPORTED_REJECTS) },
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

/** Writes the report, publishes the end and takes the import out of the line, unless all of that is done. */
const announceEnd = async (deps: EndDeps, record: ImportRecord): Promise<void> => {
  const { bucket, ledger, publish } = deps;
  const { service, organizationId, importId, phase } = record;
  if (record.announced || !hasEnded(record)) return;
  await bucket.put(
    objectKeys.report(service, organizationId, importId),
    await reportOf(deps, record),
    "application/json",
  );
  await publish(EVENT_NAMES[phase as keyof typeof EVENT_NAMES], eventOf(record));
  for (;;) {
    const line = await ledger.readLine(organizationId, service);
    const out = leave(leave(line, record.number), record.takeBack?.number ?? 0);
    const others = out.entries.length < line.entries.length ? [putLine(out)] : [];
    try {
      await ledger.move(record, { announced: true }, [...others, { remove: openKey(importId) }]);
      return;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      const now = await ledger.read(importId);
      // Another has announced it, or it is being undone already.
      if (now?.version !== record.version) return;
    }
  }
};

/**
 * Ends an import whose chunks are all loaded, and announces one that has ended. Chunker, loader and reverter call it
 * before they acknowledge their message: whichever comes last finds what is due.
 */
export const makeEndIfDone =
  (deps: EndDeps) =>
  async (importId: string): Promise<ImportRecord | undefined> => {
    const { ledger, now } = deps;
    for (;;) {
      const record = await ledger.read(importId);
      if (!record) return undefined;
      if (hasEnded(record)) {
        await announceEnd(deps, record);
        return record;
      }
      if (record.phase !== "loading") return record;
      const { version: _, chunksDone, bytesRead: __, ...counts } = await ledger.readProgress(importId);
      if (chunksDone !== record.chunkCount) return record;
      const endedAt = Math.max(now(), record.startedAt);
      const ended = {
        phase: "completed",
        endedAt,
        seconds: Math.floor((endedAt - record.startedAt) / 1_000),
        counts,
        chunksDone,
        bytesRead: record.bytes,
      } as const;
      // Lost or not, the next round reads what stands there now.
      await ledger.move(record, ended).catch((error: unknown) => {
        if (!(error instanceof Overtaken)) throw error;
      });
    }
  };
