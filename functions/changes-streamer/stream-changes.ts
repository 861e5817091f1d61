import { inParallel } from "#common/async/in-parallel.ts";
import type { UserKey } from "#common/changes/file/user-key.ts";
import { type Doorbell, type DoorbellMessage, groupDoorbells } from "#common/changes/stream/doorbells.ts";
import type { Publisher } from "#common/changes/stream/publisher.ts";
import { makeSeenVersions } from "#common/changes/stream/seen-versions.ts";
import type { Streamed } from "#common/changes/stream/stream-user.ts";
import type { Failure, Message } from "#common/middleware/batch.ts";

export type StreamChangesDeps = {
  /** The organization of files that name none. */
  organization: string | undefined;
  /** Streams one user, for doorbells with these sequencers. */
  stream: (user: UserKey, sequencers: readonly (string | undefined)[]) => Promise<Streamed>;
  publisher: Pick<Publisher, "during">;
  onDone: (outcome: {
    news: number;
    stale: number;
    others: number;
    events: number;
    delaysMs: number[];
  }) => void;
  now: () => number;
};

/** As many users of a batch are worked on at once: more than a call to the bus holds, so that calls are full. */
const USERS_MAX = 40;

/** Works off a batch of doorbells; answers the messages whose users could not be streamed. */
export const makeStreamChanges = ({ organization, stream, publisher, onDone, now }: StreamChangesDeps) => {
  const seen = makeSeenVersions();
  return async (messages: Message<DoorbellMessage>[]): Promise<Failure[]> => {
    const { users, others } = groupDoorbells(messages, organization);
    const outcome = { news: 0, stale: 0, others, events: 0, delaysMs: [] as number[] };
    const failures = new Map<string, Failure>();

    const streamOne = async (user: UserKey, doorbells: readonly Doorbell[]): Promise<void> => {
      const fresh = doorbells.filter(({ madeVersion }) => !seen.has(user.key, madeVersion));
      outcome.stale += doorbells.length - fresh.length;
      if (fresh.length === 0) return;
      const { hadNews, events, listed } = await stream(
        user,
        fresh.map(({ sequencer }) => sequencer),
      );
      seen.add(user.key, listed);
      outcome.events += events;
      if (!hadNews) {
        outcome.stale += fresh.length;
        return;
      }
      outcome.news += fresh.length;
      const oldest = Math.min(...fresh.map(({ timeMs }) => timeMs ?? Number.POSITIVE_INFINITY));
      if (Number.isFinite(oldest)) outcome.delaysMs.push(Math.max(0, now() - oldest));
    };

    await inParallel([...users.values()], USERS_MAX, ({ user, doorbells }) =>
      publisher
        .during(() => streamOne(user, doorbells))
        .catch((error: unknown) => {
          for (const { messageId } of doorbells) failures.set(messageId, { messageId, error });
        }),
    );
    onDone(outcome);
    return [...failures.values()];
  };
};
