import type { Anchors } from "./anchor.ts";
import { type HeldAnchor, headsOfAnchor } from "./heads.ts";

/** Sorts behind every anchor's key. */
const AFTER_ALL = "anchors/~";

/**
 * The last anchor, as far as it speaks of an organization; null when none does. One that cannot be read throws: it
 * lies under a lock, and a verdict without it would be no verdict.
 */
export const lastAnchorOf =
  (anchors: Pick<Anchors, "lastBefore">) =>
  async (organizationId: string): Promise<HeldAnchor | null> => {
    const last = await anchors.lastBefore(AFTER_ALL);
    const heads = last ? headsOfAnchor(last.bytes) : [];
    const own = heads.filter((head) => head.organizationId === organizationId);
    return last && own.length > 0 ? { key: last.key, heads: own } : null;
  };
