import { inParallel } from "#common/async/in-parallel.ts";
import type { ReadFile } from "#common/changes/file/user-file.ts";
import { USERS_PREFIX, type UserKey, userOfKey } from "#common/changes/file/user-key.ts";
import {
  type Claim,
  type EnvelopeOptions,
  type Outgoing,
  outgoingOf,
} from "#common/changes/plan/envelopes.ts";
import type { Version } from "#common/changes/plan/fresh-versions.ts";
import type { Replay, ReplayMessage } from "#common/changes/replay/replay.ts";
import { replaySteps } from "#common/changes/replay/replay-steps.ts";
import type { Replays } from "#common/changes/replay/replay-table.ts";
import type { Publisher } from "#common/changes/stream/publisher.ts";
import type { UserRow } from "#common/changes/stream/stream-user.ts";
import { AppError } from "#common/errors/app-error.ts";
import { makePacer } from "./pacer.ts";

type Read = (user: UserKey, version: Version) => Promise<ReadFile | undefined>;

export type ListedObject = { key: string; bytes: number };

/** Bytes of the file, so that not more files are read at once than memory holds; 0 where it is read alone. */
type UserFileKey = UserKey & { fileBytes: number };

export type ReplayChangesDeps = {
  replays: Pick<Replays, "read" | "save">;
  /** A page of objects, in the order of their keys. */
  listObjects: (prefix: string, after?: string) => Promise<{ objects: ListedObject[]; isLast: boolean }>;
  /** A user's row, which is only read. */
  findUser: (user: Pick<UserKey, "organizationId" | "userId">) => Promise<UserRow | undefined>;
  /** Lets one user read its files as memory allows. */
  withFiles: <T>(work: (read: Read) => Promise<T>) => Promise<T>;
  keepClaim: (user: UserKey, claim: Claim) => Promise<void>;
  publish: (outgoing: Outgoing) => Promise<void>;
  publisher: Pick<Publisher, "during" | "aside">;
  /** Puts the message on the queue again. */
  again: (message: ReplayMessage) => Promise<void>;
  organization: string | undefined;
  envelopes: Omit<EnvelopeOptions, "replay">;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** How long an invocation works before the next one goes on. */
  workMs?: number;
};

const WORK_MS = 240_000;
/** Longer than two checkpoints are apart, and short enough that a killed invocation's replay does not wait for long. */
const HELD_MS = 60_000;
const CHECKPOINT_MS = 1_000;
const USERS_AT_ONCE = 20;

/** The replay was cancelled, or another invocation works on it. */
class ReplayLost extends Error {
  override readonly name = "ReplayLost";
}

/** Works on a replay until it has ended or this invocation's time is up; then the next one goes on from its checkpoint. */
export const makeReplayChanges = (deps: ReplayChangesDeps) => {
  const { replays, listObjects, findUser, withFiles, keepClaim, publish, publisher, again, organization } =
    deps;
  const { envelopes, now, sleep, workMs = WORK_MS } = deps;

  /** The users to be read, behind a key; for one user the key that its row names. */
  async function* usersOf(
    { organizationId, request: { userId } }: Replay,
    from: string,
  ): AsyncGenerator<UserFileKey> {
    if (userId !== undefined) {
      const row = await findUser({ organizationId, userId });
      const user = row && userOfKey(row.key, organization);
      if (user && user.key > from) yield { ...user, fileBytes: 0 };
      return;
    }
    const prefix = organizationId === organization ? USERS_PREFIX : `${USERS_PREFIX}${organizationId}/`;
    for (let after = from; ; ) {
      const { objects, isLast } = await listObjects(prefix, after === "" ? undefined : after);
      for (const { key, bytes } of objects) {
        const user = userOfKey(key, organization);
        if (user?.organizationId === organizationId) yield { ...user, fileBytes: bytes };
      }
      after = objects.at(-1)?.key ?? after;
      if (isLast) return;
    }
  }

  /** Publishes one user's file again, as far as it was published; answers how many events that were. */
  const replayUser = (replay: Replay, user: UserFileKey, pace: () => Promise<void>): Promise<number> =>
    withFiles(async (read) => {
      const row = await findUser(user);
      if (!row?.state.exists || row.state.file === "" || row.key !== user.key) return 0;
      const answer = await read(user, {
        id: row.state.file,
        isMarker: false,
        modifiedAt: "",
        bytes: user.fileBytes,
      });
      if (!answer?.ok) return 0;
      const options = { ...envelopes, replay: { id: replay.id, detailType: replay.request.as } };
      let events = 0;
      for (const step of replaySteps(row.state, answer.file, replay.request)) {
        for (const outgoing of outgoingOf(user, step, options)) {
          for (const claim of outgoing.claims) await keepClaim(user, claim);
          await publisher.aside(pace());
          await publish(outgoing);
          events += outgoing.events;
        }
      }
      return events;
    });

  const work = async (found: Replay): Promise<"ended" | "paused"> => {
    const until = now() + workMs;
    let replay = found;
    let savedAt = 0;
    const save = async (change: Partial<Replay>): Promise<void> => {
      const saved = await replays.save({ ...replay, heldUntil: now() + HELD_MS, ...change });
      if (!saved) throw new ReplayLost(`${replay.id} was changed by another`);
      replay = saved;
      savedAt = now();
    };
    await save({});
    if (replay.users === null) {
      let users = 0;
      for await (const _ of usersOf(replay, "")) users += 1;
      await save({ users });
    }
    const evenly = makePacer(replay.request.ratePerSecond, { now, sleep });
    let saving: Promise<void> | undefined;
    // Between users there may be minutes at a slow pace: a cancelled replay ends within a second all the same.
    const pace = async (): Promise<void> => {
      await evenly();
      if (now() - savedAt >= CHECKPOINT_MS) saving ??= save({}).finally(() => (saving = undefined));
      await saving;
    };
    const replayAll = async (users: readonly UserFileKey[]): Promise<void> => {
      const events = await inParallel(users, USERS_AT_ONCE, (user) =>
        publisher.during(() => replayUser(replay, user, pace)),
      );
      await saving;
      await save({
        usersDone: replay.usersDone + users.length,
        events: replay.events + events.reduce((sum, one) => sum + one, 0),
        after: users.at(-1)?.key ?? replay.after,
      });
    };
    let users: UserFileKey[] = [];
    for await (const user of usersOf(replay, replay.after)) {
      users.push(user);
      if (users.length < USERS_AT_ONCE) continue;
      await replayAll(users);
      users = [];
      if (now() >= until) {
        await save({ heldUntil: 0 });
        return "paused";
      }
    }
    if (users.length > 0) await replayAll(users);
    await save({ state: "succeeded" });
    return "ended";
  };

  return async (message: ReplayMessage): Promise<void> => {
    const replay = await replays.read(message.organizationId, message.id);
    if (replay?.state !== "running") return;
    if (replay.heldUntil > now()) {
      throw new AppError("DEPENDENCY_FAILED", { internal: `${replay.id} is being worked on` });
    }
    try {
      if ((await work(replay)) === "paused") await again(message);
    } catch (error) {
      if (!(error instanceof ReplayLost)) throw error;
      const now = await replays.read(message.organizationId, message.id);
      // Cancelled: nothing is left to do. Else another has it, and this message comes back until it is done.
      if (now?.state === "running") throw new AppError("DEPENDENCY_FAILED", { cause: error });
    }
  };
};
