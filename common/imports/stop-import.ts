import { openKey } from "./import-keys.ts";
import { hasEnded, type ImportRecord, isRunning, type Outcome, type Reason } from "./import-record.ts";
import type { Ledger, LedgerDeps } from "./ledger.ts";
import { untilDone } from "./ledger.ts";
import { draw, putLine } from "./line.ts";

type StopDeps = Pick<LedgerDeps, "now"> & { ledger: Ledger };

/** Draws a take-back's number and moves the import to `reverting`. */
const revert = async (
  { ledger }: StopDeps,
  record: ImportRecord,
  outcome: Outcome,
  reason?: Reason,
): Promise<ImportRecord> => {
  const { importId, organizationId, service, dryRun } = record;
  const line = await ledger.readLine(organizationId, service);
  const drawn = draw(line, importId, "takeBack", { inLine: !dryRun });
  return ledger.move(
    record,
    {
      phase: "reverting",
      takeBack: { number: drawn.number, outcome, voided: record.announced },
      announced: false,
      ...(reason ? { reason } : {}),
    },
    [putLine(drawn.line), { put: { ...openKey(importId), organizationId } }],
  );
};

/**
 * Stops an import that runs, for good: from here no chunk can be added, and the reverter takes back what was loaded. One
 * that was still awaited ends at once. Answers the import as it stands then, whatever stopped it. The reverter has to
 * be sent a message, before or after: it does this itself if it finds it undone.
 */
export const makeStopImport =
  (deps: StopDeps) =>
  (importId: string, outcome: "failed" | "cancelled", reason?: Reason): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const { ledger, now } = deps;
      const record = await ledger.read(importId);
      if (!record || hasEnded(record)) return record;
      if (isRunning(record)) return revert(deps, record, outcome, reason);
      if (record.phase === "reverting") return record;
      const endedAt = Math.max(now(), record.startedAt);
      const seconds = Math.floor((endedAt - record.startedAt) / 1_000);
      return ledger.move(record, { phase: outcome, endedAt, seconds, ...(reason ? { reason } : {}) });
    });

/** Begins to take back a completed import. Answers it as it stands then; undefined if it was not completed. */
export const makeUndoImport =
  (deps: StopDeps) =>
  (importId: string): Promise<ImportRecord | undefined> =>
    untilDone(async () => {
      const record = await deps.ledger.read(importId);
      return record?.phase === "completed" && !record.dryRun ? revert(deps, record, "undone") : undefined;
    });
