import type { Member } from "#common/auth/caller.ts";
import {
  RATE_DEFAULT,
  type Replay,
  type ReplayMessage,
  type ReplayRequest,
} from "#common/changes/replay/replay.ts";
import type { Replays } from "#common/changes/replay/replay-table.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, noContent, ok, underWay } from "#common/http/answers.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import { fillPage } from "#common/paging/fill-page.ts";

/** Until there is more to see. */
const RETRY_AFTER_SECONDS = 2;

type Asking = { caller: Member; attempt: Attempt; transactionId: string };

export type OrderReplaysDeps = {
  replays: Replays;
  send: (message: ReplayMessage) => Promise<void>;
  audit: (change: "replay_started" | "replay_cancelled", replayId: string, request: Asking) => Promise<void>;
  cursors: Cursors;
  now: () => number;
};

type NewReplay = {
  userId?: string;
  all?: true;
  fromWriteCounter?: number;
  lane?: "real" | "test";
  ratePerSecond?: number;
  as?: "persistence";
};

const LIST_ROUTE = "GET /changes/replays";

const viewOf = ({ id, state, users, usersDone, events }: Replay) => ({ id, state, users, usersDone, events });

const requestOf = ({
  all,
  ratePerSecond = RATE_DEFAULT,
  as = undefined,
  ...rest
}: NewReplay): ReplayRequest => {
  if ((all === true) === (rest.userId !== undefined)) {
    throw new AppError("INPUT_INVALID", {
      errors: [{ in: "body", path: "", message: "must have either userId or all" }],
    });
  }
  return { ...rest, ratePerSecond, as: as ?? "persistence_replay" };
};

export const makeOrderReplays = ({ replays, send, audit, cursors, now }: OrderReplaysDeps) => {
  /** A replay of the caller's organization; any other is `NOT_FOUND`. */
  const find = async ({ organizationId }: Member, id: string): Promise<Replay> => {
    const replay = isUuid(id) ? await replays.read(organizationId, id) : undefined;
    if (!replay) throw new AppError("NOT_FOUND");
    return replay;
  };

  return {
    start: async (body: NewReplay, asking: Asking): Promise<Answer> => {
      const { organizationId } = asking.caller;
      const { id, time } = asking.attempt;
      const request = requestOf(body);
      const begun = { users: null, usersDone: 0, events: 0, after: "", heldUntil: 0, version: 1 };
      await replays.start({ ...begun, id, organizationId, state: "running", request, createdAt: time });
      try {
        await audit("replay_started", id, asking);
        await send({ organizationId, id });
      } catch (error) {
        // A replay that no worker hears of must not stand in the way of the next.
        await replays.end(organizationId, id, "failed");
        throw error;
      }
      return underWay({ id }, `/changes/replays/${id}`, RETRY_AFTER_SECONDS);
    },

    one: async (caller: Member, id: string): Promise<Answer> => ok(viewOf(await find(caller, id))),

    list: async (
      { organizationId, userId }: Member,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<Answer> => {
      const page = await openPage<Replay, string>({
        cursors,
        scope: { route: LIST_ROUTE, organizationId, userId, filters: {} },
        cursor,
        find: (after) =>
          fillPage<Replay, Replay>({
            candidates: replays.list(organizationId, after),
            look: async (found) => found,
            positionOf: ({ id }) => id,
            limit,
            now,
          }),
        toJson: (replay) => JSON.stringify(viewOf(replay)),
        positionOf: ({ id }) => id,
      });
      return page();
    },

    cancel: async (id: string, asking: Asking): Promise<Answer> => {
      const { organizationId } = asking.caller;
      const { state } = await find(asking.caller, id);
      if (state === "running") {
        await replays.end(organizationId, id, "cancelled");
        await audit("replay_cancelled", id, asking);
      }
      return noContent();
    },
  };
};
