import { hasEnded, type ImportRecord, isRunning, type Outcome, type Reason } from "./import-record.ts";
import type { Ledger, LedgerDeps } from "./ledger.ts";
import { untilDone } from "./ledger.ts";
import { draw, putLine } from "./line.ts";

type StopDeps = Pick<LedgerDeps, "queues" | "now"> & { ledger: Ledger };

/** Draws a take-back's number and moves the import to `reverting`. */
const revert = async (
  { ledger }: StopDeps,
  record: ImportRecord,
  outcome: Outcome,
  reason?: Reason,
): Promise<ImportRecord> => {
  const { importId, organizationId, service } = record;
  const line = await ledger.readLine(organizationId, service);
  const drawn = draw(line, importId, "takeBack");
  return ledger.move(
    record,
    {
      phase: "reverting",
      // Of a completed import every receipt is there.
      takeBack: { number: drawn.number, outcome, voided: outcome === "undone" },
      announced: false,
      ...(reason ? { reason } : {}),
    },
    [putLine(drawn.line)],
  );
};

/**
 * Stops an import that runs, for good: from here no chunk can be added, and the reverter takes back what was loaded.
 * One that was still awaited ends at once. Answers the import as it stands then, whoever stopped it.
 */
export const makeStopImport =
  (deps: StopDeps) =>
  (importId: string, outcome: "failed" | "cancelled", reason?: Reason): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const { ledger, queues, now } = deps;
      const record = await ledger.read(importId);
      if (!record || hasEnded(record)) return record;
      if (record.phase === "awaitingUpload") {
        const endedAt = Math.max(now(), record.startedAt);
        const seconds = Math.floor((endedAt - record.startedAt) / 1_000);
        const ended = { phase: outcome, endedAt, seconds, ...(reason ? { reason } : {}) };
        const stopped = await ledger.move(record, ended);
        await queues.revert({ importId });
        return stopped;
      }
      const stopped = isRunning(record) ? await revert(deps, record, outcome, reason) : record;
      // Also where it stands already: the message of whoever stopped it may never have left.
      await queues.revert({ importId });
      return stopped;
    });

/** Begins to take back a completed import. Answers it as it stands then; undefined if it was not completed. */
export const makeUndoImport =
  (deps: StopDeps) =>
  (importId: string): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const { ledger, queues } = deps;
      const record = await ledger.read(importId);
      if (record?.phase !== "completed") return undefined;
      const undone = await revert(deps, record, "undone");
      await queues.revert({ importId });
      return undone;
    });
