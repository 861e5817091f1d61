import { createHash } from "node:crypto";
import { inParallel } from "#common/async/in-parallel.ts";
import { type AnchoredHead, headsOfAnchor } from "./heads.ts";

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

const nameOf = ({ organizationId, epoch, number }: AnchoredHead): string =>
  `${organizationId} ${epoch}-${number}`;

/** An anchor that cannot be read must not keep the next from being written, which links to the hash of its bytes. */
const headsIn = (bytes: Uint8Array): AnchoredHead[] => {
  try {
    return headsOfAnchor(bytes);
  } catch {
    return [];
  }
};

/**
 * The heads as they are, but for those that lie behind the last anchor or are gone: a chain never gets shorter, so the
 * anchored head is named again. Else a chain that was cut before the schedule ran would agree with the new anchor.
 */
const neverBack = (
  found: readonly AnchoredHead[],
  anchored: readonly AnchoredHead[],
): { heads: AnchoredHead[]; behind: number } => {
  const heads = new Map(found.map((head) => [nameOf(head), head]));
  const ahead = anchored.filter((head) => head.sequence > (heads.get(nameOf(head))?.sequence ?? 0));
  for (const head of ahead) heads.set(nameOf(head), head);
  return { heads: [...heads.values()], behind: ahead.length };
};

/**
 * Writes the day's anchor, linked to the one before. A day that has its anchor keeps it: a schedule may fire
 * twice.
 */
export const makeAnchorHeads =
  ({ organizations, heads, anchors }: AnchorHeadsDeps) =>
  async (scheduledAt: Date): Promise<{ key: string; heads: number; behind: number; written: boolean }> => {
    const key = anchorKey(scheduledAt);
    const last = await anchors.lastBefore(key);
    const found = (await inParallel(await organizations(), AT_ONCE, heads)).flat();
    const { heads: kept, behind } = neverBack(found, last ? headsIn(last.bytes) : []);
    const anchor: Anchor = {
      version: 1,
      time: scheduledAt.toISOString(),
      previous: last
        ? { key: last.key, hash: createHash("sha256").update(last.bytes).digest("base64url") }
        : null,
      heads: kept.sort(compareHeads),
    };
    const written = await anchors.put(key, Buffer.from(`${JSON.stringify(anchor)}\n`));
    return { key, heads: kept.length, behind, written };
  };
