import { type UserKey, userOfKey } from "#common/changes/file/user-key.ts";
import type { UserRow } from "#common/changes/stream/stream-user.ts";

/** What stands on top of a key. */
export type Newest = {
  key: string;
  version: string;
  isMarker: boolean;
  modifiedAt: string;
  /** Whether a file stands below the marker. */
  wasFile: boolean;
};

export type AuditChangesDeps = {
  /** The newest version of every key under `users/`, a page at a time. */
  listNewest: () => AsyncIterable<Newest[]>;
  findUser: (user: UserKey) => Promise<UserRow | undefined>;
  /** Puts a doorbell for each key on the queue; throws unless it has all of them. */
  ring: (keys: readonly string[]) => Promise<void>;
  onDifference: (key: string, reason: string) => void;
  organization: string | undefined;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

/** A change as young as this may be on its way: its user is looked at once more. */
const YOUNG_MS = 15 * 60_000;
const PAUSE_MS = 3_000;
const AT_ONCE = 50;

/** Why a user's row does not fit what stands in the bucket; undefined if it does. */
export const differenceOf = (newest: Newest, row: UserRow | undefined): string | undefined => {
  if (!row) return newest.isMarker && !newest.wasFile ? undefined : "there is no row";
  if (row.state.applied !== newest.version) return "the newest version is not streamed";
  return row.state.exists === !newest.isMarker ? undefined : "the row is wrong about the file's being there";
};

/** Compares every user's row with the bucket; answers how many users there are, and how many differ. */
export const makeAuditChanges =
  ({ listNewest, findUser, ring, onDifference, organization, now, sleep }: AuditChangesDeps) =>
  async (): Promise<{ users: number; differences: number }> => {
    let users = 0;
    let differences = 0;
    let young: { newest: Newest; user: UserKey }[] = [];

    const look = async (
      of: readonly { newest: Newest; user: UserKey }[],
    ): Promise<{ newest: Newest; user: UserKey; reason: string }[]> => {
      const rows = await Promise.all(of.map(({ user }) => findUser(user)));
      return of.flatMap(({ newest, user }, index) => {
        const reason = differenceOf(newest, rows[index]);
        return reason === undefined ? [] : [{ newest, user, reason }];
      });
    };
    const report = async (found: Awaited<ReturnType<typeof look>>): Promise<void> => {
      if (found.length === 0) return;
      differences += found.length;
      for (const { newest, reason } of found) onDifference(newest.key, reason);
      await ring(found.map(({ newest }) => newest.key));
    };

    for await (const page of listNewest()) {
      const known = page.flatMap((newest) => {
        const user = userOfKey(newest.key, organization);
        return user ? [{ newest, user }] : [];
      });
      users += known.length;
      for (let start = 0; start < known.length; start += AT_ONCE) {
        const found = await look(known.slice(start, start + AT_ONCE));
        const isYoung = ({ newest }: (typeof found)[number]) =>
          Date.parse(newest.modifiedAt) > now() - YOUNG_MS;
        young.push(...found.filter(isYoung));
        await report(found.filter((one) => !isYoung(one)));
      }
    }
    if (young.length > 0) await sleep(PAUSE_MS);
    for (; young.length > 0; young = young.slice(AT_ONCE)) await report(await look(young.slice(0, AT_ONCE)));
    return { users, differences };
  };
