import { AppError } from "#common/errors/app-error.ts";
import { type Item, type Key, numberOf, queryPages, type Table, textOf } from "#common/table/table.ts";
import type { Replay, ReplayRequest, ReplayState } from "./replay.ts";

/** As long as claims: what a replay put out may still be asked for. */
const REPLAY_DAYS = 30;

const partition = (organizationId: string): string => `${organizationId}#replays`;
const replayKey = (organizationId: string, id: string): Key => ({ pk: partition(organizationId), sk: id });

/** Names the last replay that was started. Its sort key is no UUID, as those of the replays are. */
const lastKey = (organizationId: string): Key => ({ pk: partition(organizationId), sk: "last" });

const toItem = (replay: Replay): Item => ({
  ...replayKey(replay.organizationId, replay.id),
  organizationId: replay.organizationId,
  state: replay.state,
  request: JSON.stringify(replay.request),
  ...(replay.users === null ? {} : { users: replay.users }),
  usersDone: replay.usersDone,
  events: replay.events,
  after: replay.after,
  heldUntil: replay.heldUntil,
  createdAt: replay.createdAt,
  version: replay.version,
  expiresAt: Math.floor(Date.parse(replay.createdAt) / 1_000) + REPLAY_DAYS * 86_400,
});

const fromItem = (item: Item): Replay => ({
  id: item.sk,
  organizationId: textOf(item, "organizationId"),
  state: textOf(item, "state") as ReplayState,
  // Written by `toItem` alone.
  request: JSON.parse(textOf(item, "request")) as ReplayRequest,
  users: item.users === undefined ? null : numberOf(item, "users"),
  usersDone: numberOf(item, "usersDone"),
  events: numberOf(item, "events"),
  after: textOf(item, "after"),
  heldUntil: numberOf(item, "heldUntil"),
  createdAt: textOf(item, "createdAt"),
  version: numberOf(item, "version"),
});

/** Replays in the table `changes`. */
export const replayTable = (table: Pick<Table, "get" | "putIfVersion" | "queryPage" | "transact">) => {
  const read = async (organizationId: string, id: string): Promise<Replay | undefined> => {
    const item = await table.get(replayKey(organizationId, id), { consistent: true });
    return item && fromItem(item);
  };
  /** The replay as it now stands; undefined if it was changed since it was read. */
  const save = async (replay: Replay): Promise<Replay | undefined> => {
    const next = { ...replay, version: replay.version + 1 };
    const put = await table.putIfVersion(toItem(next), replay.version);
    return put.done ? next : undefined;
  };
  return {
    read,
    save,

    /** Keeps a new replay; throws `REPLAY_IN_PROGRESS` while another of the organization runs. */
    start: async (replay: Replay): Promise<void> => {
      const { organizationId, id } = replay;
      const last = await table.get(lastKey(organizationId), { consistent: true });
      const running = last && (await read(organizationId, textOf(last, "id")));
      if (running?.state === "running" && running.id !== id) throw new AppError("REPLAY_IN_PROGRESS");
      const version = last ? numberOf(last, "version") : 0;
      const named = { ...lastKey(organizationId), id, version: version + 1 };
      const started = await table.transact([
        { put: toItem(replay), absent: true },
        version === 0 ? { put: named, absent: true } : { put: named, version },
      ]);
      // Lost to another start, unless this very one had been done before.
      if (!started.done && !(await read(organizationId, id))) throw new AppError("REPLAY_IN_PROGRESS");
    },

    /** Ends a replay that runs; one that has ended stays as it is. Undefined if there is none. */
    end: async (organizationId: string, id: string, state: ReplayState): Promise<Replay | undefined> => {
      for (;;) {
        const replay = await read(organizationId, id);
        if (replay?.state !== "running") return replay;
        const ended = await save({ ...replay, state });
        if (ended) return ended;
      }
    },

    /** The organization's replays, the newest first, behind `after`. */
    list: async function* (organizationId: string, after?: string): AsyncGenerator<Replay> {
      const pages = queryPages(table, {
        pk: partition(organizationId),
        to: "g",
        order: "desc",
        ...(after === undefined ? {} : { after }),
      });
      for await (const items of pages) for (const item of items) yield fromItem(item);
    },
  };
};

export type Replays = ReturnType<typeof replayTable>;
