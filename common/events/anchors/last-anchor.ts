import type { Anchors } from "./anchor.ts";
import { type AnchoredHead, type HeldAnchor, isAnchoredHead } from "./heads.ts";

/** Sorts behind every anchor's key. */
const AFTER_ALL = "anchors/~";

/** The heads that an anchor names; throws when it is no anchor. */
export const headsOfAnchor = (bytes: Uint8Array): AnchoredHead[] => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const heads: unknown =
    typeof value === "object" && value !== null && "heads" in value ? value.heads : undefined;
  if (!Array.isArray(heads) || !heads.every(isAnchoredHead)) throw new Error("it has no heads");
  return heads;
};

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
