import { type Item, type Key, numberOf, optionalTextOf, type Table, textOf } from "#common/table/table.ts";
import type { FileCode } from "../file/user-file.ts";
import type { UserKey } from "../file/user-key.ts";
import type { Claim } from "../plan/envelopes.ts";
import { numberOfPlace, placeOfNumber } from "../plan/user-state.ts";
import type { UserRow, UserRows } from "./stream-user.ts";

type User = Pick<UserKey, "organizationId" | "userId">;

/** An organization's id holds no `#`, so that everything behind the first is the user's. */
const userKey = ({ organizationId, userId }: User): Key => ({
  pk: `${organizationId}#${userId}`,
  sk: "state",
});

/** Stands beside a user called `claims`, whose row has another sort key. */
const claimRowKey = (organizationId: string, id: string): Key => ({ pk: `${organizationId}#claims`, sk: id });

/** As long as the claims themselves. */
export const CLAIM_DAYS = 30;

const toItem = (user: User, { state, key, sequencer, revision, streamedAt }: UserRow): Item => ({
  ...userKey(user),
  version: revision,
  key,
  sequencer,
  streamedAt,
  applied: state.applied,
  appliedAt: state.appliedAt,
  tied: state.tied.join(" "),
  file: state.file,
  exists: state.exists ? 1 : 0,
  generation: state.generation,
  counter: state.counter,
  streamed: state.streamed,
  real: numberOfPlace(state.lanes.real),
  test: numberOfPlace(state.lanes.test),
  ...(state.blocked ? { blockedVersion: state.blocked.version, blockedCode: state.blocked.code } : {}),
});

const fromItem = (item: Item): UserRow => {
  const tied = textOf(item, "tied");
  const blockedCode = optionalTextOf(item, "blockedCode");
  return {
    key: textOf(item, "key"),
    sequencer: textOf(item, "sequencer"),
    revision: numberOf(item, "version"),
    streamedAt: textOf(item, "streamedAt"),
    state: {
      applied: textOf(item, "applied"),
      appliedAt: textOf(item, "appliedAt"),
      tied: tied === "" ? [] : tied.split(" "),
      file: textOf(item, "file"),
      exists: numberOf(item, "exists") === 1,
      generation: numberOf(item, "generation"),
      counter: numberOf(item, "counter"),
      streamed: numberOf(item, "streamed"),
      lanes: { real: placeOfNumber(textOf(item, "real")), test: placeOfNumber(textOf(item, "test")) },
      ...(blockedCode === undefined
        ? {}
        : { blocked: { version: textOf(item, "blockedVersion"), code: blockedCode as FileCode } }),
    },
  };
};

/** Users' rows, and where claims are, in the table `changes`. */
export const changesTable = (
  table: Pick<Table, "get" | "putIfVersion" | "putAll">,
  now: () => number,
): UserRows & {
  find(user: User): Promise<UserRow | undefined>;
  addClaim(user: User, claim: Pick<Claim, "id" | "key">): Promise<void>;
  findClaim(organizationId: string, id: string): Promise<string | undefined>;
} => {
  const find = async (user: User): Promise<UserRow | undefined> => {
    const item = await table.get(userKey(user), { consistent: true });
    return item && fromItem(item);
  };
  return {
    find,
    read: find,

    save: async (user, row) => {
      const item = toItem(user, row);
      const put = await table.putIfVersion(item, row.revision - 1);
      if (put.done) return true;
      // Refused because an earlier try of this very call got through: its answer was lost.
      const { present } = put;
      return (
        present !== undefined &&
        present.version === item.version &&
        present.applied === item.applied &&
        present.sequencer === item.sequencer &&
        present.streamedAt === item.streamedAt
      );
    },

    addClaim: ({ organizationId }, { id, key }) =>
      table.putAll([
        {
          ...claimRowKey(organizationId, id),
          key,
          expiresAt: Math.floor(now() / 1_000) + CLAIM_DAYS * 86_400,
        },
      ]),

    findClaim: async (organizationId, id) => {
      const item = await table.get(claimRowKey(organizationId, id));
      return item && numberOf(item, "expiresAt") * 1_000 > now() ? textOf(item, "key") : undefined;
    },
  };
};
