import type { UserState } from "./user-state.ts";

/** A version of a user's file, or a delete marker, as S3 lists it. */
export type Version = {
  id: string;
  isMarker: boolean;
  /** Whole seconds. */
  modifiedAt: string;
  bytes: number;
};

/** What there is to be streamed: versions behind the applied one, oldest first, and whether the key has none at all. */
export type Fresh = { versions: Version[]; isGone: boolean };

/** As many of one second as a row keeps; more than that of one key in a second is no engine's pace. */
export const TIED_MAX = 20;

/**
 * The versions of a listing (newest first, down to the applied one) that are not streamed yet. The applied one may
 * have been removed for good: then those of a later second are newer, and of its own second those that were not
 * known. Where none is, the one that now stands on top is what the user has become.
 */
export const freshVersions = (
  { applied, appliedAt, tied }: UserState,
  listing: readonly Version[],
): Fresh => {
  const isGone = listing.length === 0;
  if (applied === "") return { versions: listing.toReversed(), isGone };
  const place = listing.findIndex(({ id }) => id === applied);
  if (place >= 0) return { versions: listing.slice(0, place).reverse(), isGone };
  const newer = listing.filter(
    ({ id, modifiedAt }) => modifiedAt > appliedAt || (modifiedAt === appliedAt && !tied.includes(id)),
  );
  return { versions: newer.length > 0 ? newer.reverse() : listing.slice(0, 1), isGone };
};

/** What a row keeps of a listing whose top is streamed. */
export const appliedOf = (
  { appliedAt, tied: known }: UserState,
  listing: readonly Version[],
): Pick<UserState, "applied" | "appliedAt" | "tied"> | undefined => {
  const [top, ...older] = listing;
  if (!top) return undefined;
  const tied = older.filter(({ modifiedAt }) => modifiedAt === top.modifiedAt).map(({ id }) => id);
  // The listing may end at the version that was applied before, with more of this second below it.
  const all = top.modifiedAt === appliedAt ? [...tied, ...known] : tied;
  return { applied: top.id, appliedAt: top.modifiedAt, tied: [...new Set(all)].slice(0, TIED_MAX) };
};
