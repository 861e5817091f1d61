import { numberOf, queryAll, textOf } from "#common/table/table.ts";
import { OPEN_PARTITION, takeBackKey } from "./import-keys.ts";
import { hasEnded, type ImportRecord } from "./import-record.ts";
import type { ImportQueues, Ledger, LedgerDeps } from "./ledger.ts";
import { importWaits, takeBackWaits } from "./line.ts";
import type { makeStopImport } from "./stop-import.ts";

/** An upload that has not come by then does not come. */
const UPLOAD_MS = 24 * 60 * 60 * 1_000;

/** An import of which nothing moves for so long needs a person. */
const STUCK_MS = 15 * 60 * 1_000;

export type WatchImportsDeps = Pick<LedgerDeps, "table" | "now"> & {
  ledger: Ledger;
  stopImport: ReturnType<typeof makeStopImport>;
  /** The queues of a service that registers. */
  queuesOf(service: string): Pick<ImportQueues, "revert">;
  onStuck(record: ImportRecord): void;
};

/**
 * Looks at every import that has not ended: one whose upload never came fails, an end that was not announced is, and
 * one that does not move is reported.
 */
export const makeWatchImports = (deps: WatchImportsDeps) => {
  const { table, now, ledger, stopImport, queuesOf, onStuck } = deps;

  const waits = async ({ organizationId, service, number, takeBack }: ImportRecord): Promise<boolean> => {
    const line = await ledger.readLine(organizationId, service);
    return takeBack ? takeBackWaits(line, takeBack.number) : importWaits(line, number);
  };

  /** What changes whenever the import moves. */
  const markOf = async (record: ImportRecord): Promise<string> => {
    const { importId, version, takeBack } = record;
    const progress = await ledger.readProgress(importId);
    const place = takeBack && (await table.get(takeBackKey(importId, takeBack.number), { consistent: true }));
    return [version, progress.version, place?.number, place?.chunk].join();
  };

  return async (): Promise<{ open: number; stuck: number }> => {
    let stuck = 0;
    const items = await queryAll(table, { pk: OPEN_PARTITION, consistent: true });
    for (const item of items) {
      const record = await ledger.read(item.sk);
      if (!record || (hasEnded(record) && record.announced)) continue;
      const { importId, service } = record;
      if (record.phase === "awaitingUpload") {
        if (now() - record.startedAt < UPLOAD_MS) continue;
        await stopImport(importId, "failed", {
          code: "UPLOAD_MISSING",
          message: "was announced, and did not come within a day",
        });
        await queuesOf(service).revert({ importId });
        continue;
      }
      const mark = await markOf(record);
      if (item.mark !== undefined && textOf(item, "mark") === mark) {
        if (now() - numberOf(item, "seenAt") < STUCK_MS || (await waits(record))) continue;
        stuck += 1;
        onStuck(record);
        // The reverter announces an end and goes on with a take-back, whatever became of their messages.
        if (record.phase === "reverting" || hasEnded(record)) await queuesOf(service).revert({ importId });
        continue;
      }
      // An item that was removed meanwhile stays so: the next look would find its import ended, and pass it over.
      await table.putAll([{ ...item, mark, seenAt: now() }]);
    }
    return { open: items.length, stuck };
  };
};
