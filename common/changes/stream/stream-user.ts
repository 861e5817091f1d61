import { AppError } from "#common/errors/app-error.ts";
import type { FileFault, ReadFile } from "../file/user-file.ts";
import type { UserKey } from "../file/user-key.ts";
import { type Claim, type EnvelopeOptions, type Outgoing, outgoingOf } from "../plan/envelopes.ts";
import type { Version } from "../plan/fresh-versions.ts";
import { planChanges, type Step } from "../plan/plan-changes.ts";
import { NEW_USER, type UserState } from "../plan/user-state.ts";
import { ListingMoved } from "./list-versions.ts";
import { areCovered, greatest } from "./sequencers.ts";

/** What a user's row in the table holds. */
export type UserRow = {
  state: UserState;
  /** The key of the user's file. */
  key: string;
  /** All doorbells up to this one are done. */
  sequencer: string;
  /** Grows with each change; 0: there is no row. */
  revision: number;
  streamedAt: string;
};

export type UserRows = {
  /** Consistent; undefined if the user has none. */
  read(user: UserKey): Promise<UserRow | undefined>;
  /** Puts the row if the one that stands there has the revision before; answers whether it did. */
  save(user: UserKey, row: UserRow): Promise<boolean>;
};

export type StreamDeps = {
  /** All versions of a key, newest first, down to the one with this id. */
  list: (key: string, until: string) => Promise<Version[]>;
  /** A version of a user's file; undefined when it is gone. */
  readFile: (user: UserKey, version: Version) => Promise<ReadFile | undefined>;
  rows: UserRows;
  /** Keeps a large event's data; when it returns, the claim can be presented. */
  keepClaim: (user: UserKey, claim: Claim) => Promise<void>;
  /** Puts an entry on the bus; when it returns, the bus has it. */
  publish: (outgoing: Outgoing) => Promise<void>;
  /** Keeps a file that cannot be streamed as a dead letter, and says so to those who watch. */
  keepBad: (user: UserKey, version: string, fault: FileFault) => Promise<void>;
  onGap?: () => void;
  now: () => number;
  envelopes: EnvelopeOptions;
};

/** What came of the doorbells of a user. */
export type Streamed = {
  hadNews: boolean;
  events: number;
  /** Ids of versions and markers that were listed: what their doorbells ring for is out. */
  listed: string[];
};

/** Each time somebody else was faster: after so many the doorbells come again later. */
const STARTS_MAX = 20;

/** A version that was to be read is gone. */
class VersionGone extends Error {
  override readonly name = "VersionGone";
}

const NO_ROW = { state: NEW_USER, sequencer: "", revision: 0, streamedAt: "" };

/** S3 gives this id to versions that were made while the bucket was not versioned. */
const UNVERSIONED = "null";

/**
 * Streams what a user's file has become since it was last streamed. The doorbells say no more than that something
 * happened: what is announced follows from the list of versions and from the row. The row moves once everything is
 * out, so that an invocation that is killed in between is repeated, under the same ids.
 */
export const makeStreamUser = (deps: StreamDeps) => {
  const { list, readFile, rows, publish, keepClaim, keepBad, onGap, now, envelopes } = deps;

  const tell = async (user: UserKey, step: Step): Promise<number> => {
    if (step.kind === "bad") {
      await keepBad(user, step.version, step.fault);
      return 0;
    }
    let events = 0;
    for (const outgoing of outgoingOf(user, step, envelopes)) {
      for (const claim of outgoing.claims) await keepClaim(user, claim);
      await publish(outgoing);
      events += outgoing.events;
    }
    if (step.kind === "gap") onGap?.();
    return events;
  };

  /** Announces all steps in order; answers how far the user is streamed then. */
  const tellAll = async (user: UserKey, row: UserRow, listing: readonly Version[]) => {
    const steps = planChanges(row.state, listing, async (version) => {
      const file = await readFile(user, version);
      if (!file) throw new VersionGone(`${version.id} is gone`);
      return file;
    });
    let events = 0;
    for (;;) {
      const next = await steps.next();
      if (next.done) return { state: next.value, events };
      events += await tell(user, next.value);
    }
  };

  const listingOf = async (user: UserKey, row: UserRow): Promise<Version[]> => {
    const listing = await list(user.key, row.state.applied);
    if (listing[0]?.id !== UNVERSIONED) return listing;
    throw new AppError("BUCKET_NOT_VERSIONED", {
      internal: `the newest version of ${user.key} has no id: versioning is suspended`,
    });
  };

  const attempt = async (
    user: UserKey,
    row: UserRow,
    sequencers: readonly (string | undefined)[],
  ): Promise<Streamed | UserRow | undefined> => {
    const listing = await listingOf(user, row);
    // Versions behind the applied one are all in the list only if the row did not move while it was made.
    const again = (await rows.read(user)) ?? { ...NO_ROW, key: user.key };
    if (again.revision !== row.revision) return again;
    const { state, events } = await tellAll(user, row, listing);
    const sequencer = greatest(sequencers, row.sequencer);
    const wasNever = row.revision === 0 && !state.exists && state.generation === 0;
    const result = { hadNews: true, events, listed: listing.map(({ id }) => id) };
    if (wasNever) return result;
    const streamedAt = new Date(now()).toISOString();
    const revision = row.revision + 1;
    const isSaved = await rows.save(user, { state, key: user.key, sequencer, revision, streamedAt });
    return isSaved ? result : undefined;
  };

  return async (user: UserKey, sequencers: readonly (string | undefined)[]): Promise<Streamed> => {
    let row: UserRow | undefined;
    for (let starts = 0; starts < STARTS_MAX; starts += 1) {
      row ??= (await rows.read(user)) ?? { ...NO_ROW, key: user.key };
      if (row.key !== user.key) {
        throw new AppError("USER_MISMATCH", { internal: `the user's file is ${row.key}` });
      }
      if (areCovered(sequencers, row.sequencer)) return { hadNews: false, events: 0, listed: [] };
      try {
        const result = await attempt(user, row, sequencers);
        if (result && "hadNews" in result) return result;
        row = result;
      } catch (error) {
        if (!(error instanceof VersionGone) && !(error instanceof ListingMoved)) throw error;
        row = undefined;
      }
    }
    throw new AppError("DEPENDENCY_FAILED", { internal: `${user.key} moved ${STARTS_MAX} times` });
  };
};
