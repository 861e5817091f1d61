import type { Clock } from "#common/time/clock.ts";

/** One that was changed is used after this at the latest, and at once when the vendor does not take the old one. */
const KEPT_MS = 300_000;
/** How often a vendor that takes no secret has it read anew. */
const FRESH_MS = 10_000;

/** Keeps the vendor's secret in memory for a while. */
export const makeSecret = (read: () => Promise<string>, now: Clock) => {
  let kept: { secret: string; readAt: number } | undefined;
  return async (fresh: boolean): Promise<string> => {
    const age = kept === undefined ? Number.POSITIVE_INFINITY : now() - kept.readAt;
    if (kept === undefined || age > (fresh ? FRESH_MS : KEPT_MS)) {
      // What people paste often ends with a line.
      kept = { secret: (await read()).trim(), readAt: now() };
    }
    return kept.secret;
  };
};
