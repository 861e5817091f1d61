import { createHash } from "node:crypto";
import { inParallel } from "#common/async/in-parallel.ts";
import type { AnchoredHead } from "./heads.ts";

/** A day's anchor, as it lies in the lake. */
export type Anchor = {
  version: 1;
  /** The time that the schedule named. */
  time: string;
  /** The anchor before, and SHA-256 of its bytes (base64url): one lost or exchanged shows in the next. */
  previous: { key: string; hash: string } | null;
  /** Sorted by organization, epoch and number. */
  heads: AnchoredHead[];
};

export type Anchors = {
  /** The last anchor whose key is before this one. */
  lastBefore(key: string): Promise<{ key: string; bytes: Uint8Array } | undefined>;
  /** False if there is one already: an anchor is never written over. */
  put(key: string, bytes: Uint8Array): Promise<boolean>;
};

export type AnchorHeadsDeps = {
  organizations: () => Promise<string[]>;
  heads: (organizationId: string) => Promise<AnchoredHead[]>;
  anchors: Anchors;
};

/** Organizations whose heads are read at once. */
const AT_ONCE = 16;

/** `anchors/2025/01/31.json`: sorts by day. */
export const anchorKey = (time: Date): string =>
  `anchors/${time.toISOString().slice(0, 10).replaceAll("-", "/")}.json`;

const compareHeads = (a: AnchoredHead, b: AnchoredHead): number =>
  a.organizationId < b.organizationId
    ? -1
    : a.organizationId > b.organizationId
      ? 1
      : a.epoch - b.epoch || a.number - b.number;

/**
 * Writes the day's anchor, linked to the one before. A day that has its anchor keeps it: a schedule may fire
 * twice.
 */
export const makeAnchorHeads =
  ({ organizations, heads, anchors }: AnchorHeadsDeps) =>
  async (scheduledAt: Date): Promise<{ key: string; heads: number; written: boolean }> => {
    const key = anchorKey(scheduledAt);
    const last = await anchors.lastBefore(key);
    const found = (await inParallel(await organizations(), AT_ONCE, heads)).flat();
    const anchor: Anchor = {
      version: 1,
      time: scheduledAt.toISOString(),
      previous: last
        ? { key: last.key, hash: createHash("sha256").update(last.bytes).digest("base64url") }
        : null,
      heads: found.sort(compareHeads),
    };
    const written = await anchors.put(key, Buffer.from(`${JSON.stringify(anchor)}\n`));
    return { key, heads: found.length, written };
  };
