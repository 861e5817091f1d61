import type { Member } from "#common/auth/caller.ts";
import { numberOfPlace } from "#common/changes/plan/user-state.ts";
import type { UserRow } from "#common/changes/stream/stream-user.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, ok } from "#common/http/answers.ts";

export type ShowChangesDeps = {
  findUser: (user: { organizationId: string; userId: string }) => Promise<UserRow | undefined>;
  /** The key of a claim by the id of its event. */
  findClaim: (organizationId: string, eventId: string) => Promise<string | undefined>;
  /** Whether the object is still there. */
  exists: (key: string) => Promise<boolean>;
  /** A link to the object, good for so many seconds. */
  link: (key: string, seconds: number) => Promise<string>;
};

const LINK_SECONDS = 15 * 60;
const EVENT_ID = /^[0-9a-f]{32}$/;

/** A key of the table holds 2,048 bytes, and a key of S3 1,024. */
const USER_ID_MAX = 1_024;

export const makeShowChanges = ({ findUser, findClaim, exists, link }: ShowChangesDeps) => ({
  user: async ({ organizationId }: Member, userId: string): Promise<Answer> => {
    const row =
      Buffer.byteLength(userId) <= USER_ID_MAX ? await findUser({ organizationId, userId }) : undefined;
    if (!row) throw new AppError("NOT_FOUND");
    const { exists: isThere, generation, counter, streamed, lanes, applied, blocked } = row.state;
    return ok({
      userId,
      exists: isThere,
      generation,
      writeCounter: counter,
      streamed,
      lanes: { real: numberOfPlace(lanes.real), test: numberOfPlace(lanes.test) },
      version: applied,
      streamedAt: row.streamedAt,
      ...(blocked ? { blocked } : {}),
    });
  },

  claim: async ({ organizationId }: Member, eventId: string): Promise<Answer> => {
    const key = EVENT_ID.test(eventId) ? await findClaim(organizationId, eventId) : undefined;
    if (key === undefined || !(await exists(key))) throw new AppError("NOT_FOUND");
    return { status: 302, headers: { location: await link(key, LINK_SECONDS) } };
  },
});
