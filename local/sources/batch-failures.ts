import type { Invocation } from "../seams.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Which items of a batch a function reported as failed (ReportBatchItemFailures), in the batch's order.
 * `all` when it failed itself, answered something else, or named an item that was not in the batch.
 */
export const failedItems = (outcome: Invocation, ids: readonly string[]): string[] | "all" => {
  if (outcome.outcome === "failed") return "all";
  if (outcome.payload === null) return [];
  if (!isRecord(outcome.payload)) return "all";
  const { batchItemFailures: failures = null } = outcome.payload;
  if (failures === null) return [];
  if (!Array.isArray(failures)) return "all";
  const named = new Set<string>();
  for (const failure of failures) {
    const id: unknown = isRecord(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== "string" || !ids.includes(id)) return "all";
    named.add(id);
  }
  return ids.filter((id) => named.has(id));
};
