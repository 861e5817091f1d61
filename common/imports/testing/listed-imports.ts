import type { Item } from "#common/table/table.ts";
import { toLines } from "../chunk-file.ts";
import { listKey, objectKeys } from "../import-keys.ts";
import { type ImportRecord, toImportItem } from "../import-record.ts";
import { toChunkItem } from "../ledger.ts";

const endedImport = (organizationId: string, importId: string, rows: number): ImportRecord => ({
  importId,
  organizationId,
  service: "transactions",
  source: "delivery",
  file: { key: `transactions/${organizationId}/night.csv`, versionId: "v1" },
  dryRun: true,
  options: {},
  defaults: {},
  phase: "completed",
  startedAt: Date.UTC(2026, 0, 1),
  bytes: 1_000,
  number: 1,
  beside: false,
  slice: 0,
  counts: { rows, accepted: 0, rejected: rows, added: 0, changed: 0, unchanged: 0, more: {} },
  chunkCount: 1,
  chunksDone: 1,
  bytesRead: 1_000,
  endedAt: Date.UTC(2026, 0, 1, 0, 1),
  seconds: 60,
  announced: true,
  version: 1,
});

/** Imports of these ids that have ended, each with as many rejected rows and differences, for tests of lists. */
export const listedImports = (
  organizationId: string,
  importIds: readonly string[],
  rows: number,
): { items: Item[]; objects: { key: string; bytes: Uint8Array }[] } => {
  const lines = Array.from({ length: rows }, (_, index) => index + 2);
  const rejects = lines.map((line) => ({
    line,
    raw: `row ${line}`,
    errors: [{ column: "amount", code: "AMOUNT_INVALID", message: "must be a number" }],
  }));
  const changes = lines.map((line) => ({
    line,
    accountId: "A1",
    transactionId: `T${line}`,
    verdict: "added",
    fields: [{ name: "amount", before: null, after: "1.00" }],
  }));
  return {
    items: importIds.flatMap((importId) => [
      toImportItem(endedImport(organizationId, importId, rows)),
      { ...listKey(organizationId, importId), service: "transactions", importId },
      toChunkItem(importId, {
        chunk: 0,
        state: "loaded",
        rows: 0,
        rejected: rows,
        bytes: 1_000,
        batches: 0,
        differences: objectKeys.differences(importId, 0, "rows"),
        announced: true,
        version: 1,
      }),
    ]),
    objects: importIds.flatMap((importId) => [
      { key: objectKeys.rejects(importId, 0), bytes: toLines(rejects) },
      { key: objectKeys.differences(importId, 0, "rows"), bytes: toLines(changes) },
    ]),
  };
};
