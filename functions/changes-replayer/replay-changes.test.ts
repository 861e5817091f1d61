import { describe, expect, it } from "vitest";
import { type ReadFile, readUserFile } from "#common/changes/file/user-file.ts";
import type { Replay } from "#common/changes/replay/replay.ts";
import { replayTable } from "#common/changes/replay/replay-table.ts";
import { makePublisher } from "#common/changes/stream/publisher.ts";
import { aUserRow } from "#common/changes/testing/streamed-users.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { makeReplayChanges } from "./replay-changes.ts";

const ID = "01990000-0000-7000-8000-000000000001";
const ENTRIES = [1, 2, 3];

/** A replay of so many users, whose files have an entry for each write; time passes with each pause alone. */
const setup = async (userCount: number, request: Partial<Replay["request"]> = {}, workMs = 1_000_000) => {
  let clock = 1_700_000_000_000;
  const replays = replayTable(memoryTable());
  const begun = { users: null, usersDone: 0, events: 0, after: "", heldUntil: 0, version: 1 };
  await replays.start({
    ...begun,
    id: ID,
    organizationId: "demo",
    state: "running",
    request: { ratePerSecond: 50, as: "persistence_replay", ...request },
    createdAt: new Date(clock).toISOString(),
  });
  const keys = Array.from(
    { length: userCount },
    (_, number) => `users/demo/u${String(number).padStart(4, "0")}.json`,
  );
  const bus: { detailType: string; detail: Record<string, unknown>; at: number }[] = [];
  const faults = { dieAfter: Number.POSITIVE_INFINITY };
  const sent: unknown[] = [];
  const invoke = () => {
    const publisher = makePublisher({
      put: async (entries) => {
        for (const { detailType, detail } of entries) {
          bus.push({ detailType, detail: JSON.parse(detail), at: clock });
        }
        return entries.map(() => undefined);
      },
      sleep: async () => {},
      random: () => 0,
    });
    const read = async (user: { userId: string }): Promise<ReadFile> => {
      const changelog = ENTRIES.map((write_counter) => ({
        write_counter,
        type: "txn",
        data: 1,
        test: write_counter === 2,
      }));
      const file = { user_id: user.userId, write_counter: 3, changelog };
      return readUserFile(Buffer.from(JSON.stringify(file)), user.userId);
    };
    return makeReplayChanges({
      replays,
      listObjects: async (prefix, after = "") => {
        const rest = keys.filter((key) => key.startsWith(prefix) && key > after);
        return { objects: rest.slice(0, 30).map((key) => ({ key, bytes: 1 })), isLast: rest.length <= 30 };
      },
      findUser: async ({ userId }) =>
        aUserRow(`users/demo/${userId}.json`, 3, {
          lanes: { real: { counter: 3, place: 1 }, test: { counter: 2, place: 1 } },
        }),
      withFiles: (work) => work(read),
      keepClaim: async () => {},
      publish: ({ entry }) => {
        if (bus.length >= faults.dieAfter) throw new Error("killed");
        return publisher.publish(entry);
      },
      publisher,
      again: async (message) => void sent.push(message),
      organization: undefined,
      envelopes: { source: "co.cogo.test", bytesMax: 5_000, bucket: "changes" },
      now: () => clock,
      sleep: async (ms) => {
        clock += ms;
        await new Promise(setImmediate);
      },
      workMs,
    })({ organizationId: "demo", id: ID });
  };
  const passMs = (ms: number) => {
    clock += ms;
  };
  const state = () => replays.read("demo", ID);
  return { invoke, bus, replays, state, faults, sent, passMs };
};

describe("a replay", () => {
  it("publishes every user's entries under the replay's id and a detail-type of its own", async () => {
    const { invoke, bus, state } = await setup(70);

    await invoke();

    expect(await state()).toMatchObject({ state: "succeeded", users: 70, usersDone: 70, events: 210 });
    expect(new Set(bus.map(({ detailType }) => detailType))).toEqual(new Set(["persistence_replay"]));
    expect(new Set(bus.map(({ detail }) => detail.replay))).toEqual(new Set([ID]));
    expect(bus).toHaveLength(140);
  });

  it("begins where it is asked to, of one kind, with what was before", async () => {
    const { invoke, bus } = await setup(1, {
      userId: "u0000",
      fromWriteCounter: 2,
      lane: "real",
      as: "persistence",
    });

    await invoke();

    expect(bus).toMatchObject([
      {
        detailType: "persistence",
        detail: { previous: "1.1", number: "3.1", test_events: false, events: [{ write_counter: 3 }] },
      },
    ]);
  });

  it("keeps its pace", async () => {
    const { invoke, bus } = await setup(100, { ratePerSecond: 50 });

    await invoke();

    const [first, last] = [bus[0]?.at ?? 0, bus.at(-1)?.at ?? 0];
    expect(bus).toHaveLength(200);
    expect(last - first).toBeGreaterThanOrEqual(3_500);
    for (const { at } of bus) {
      expect(bus.filter((other) => other.at >= at && other.at < at + 1_000).length).toBeLessThanOrEqual(90);
    }
  });

  it("goes on from its last checkpoint when it was killed, and leaves no user out", async () => {
    const { invoke, bus, state, faults, passMs } = await setup(100);
    faults.dieAfter = 90;
    await expect(invoke()).rejects.toThrow("killed");
    const { usersDone = 0 } = (await state()) ?? {};
    expect(usersDone).toBeGreaterThan(0);
    // The message comes again while the replay is held, and once more after that.
    await expect(invoke()).rejects.toMatchObject({ code: "DEPENDENCY_FAILED" });
    faults.dieAfter = Number.POSITIVE_INFINITY;
    passMs(60_000);

    await invoke();

    expect(await state()).toMatchObject({ state: "succeeded", users: 100, usersDone: 100, events: 300 });
    expect(new Set(bus.map(({ detail }) => detail.user_id)).size).toBe(100);
    expect(new Set(bus.map(({ detail }) => detail.id)).size).toBe(200);
    expect(bus.length).toBeLessThan(200 + 90 - usersDone);
  });

  it("is carried on by the next invocation when this one's time is up", async () => {
    const { invoke, state, sent } = await setup(100, {}, 500);

    await invoke();

    expect(await state()).toMatchObject({ state: "running", usersDone: 20, heldUntil: 0 });
    expect(sent).toEqual([{ organizationId: "demo", id: ID }]);
    for (let turn = 0; turn < 10; turn += 1) await invoke();
    expect(await state()).toMatchObject({ state: "succeeded", usersDone: 100 });
  });

  it("stops when it is cancelled", async () => {
    const { invoke, replays, bus, state } = await setup(1_000, { ratePerSecond: 10 });
    const running = invoke();
    while (bus.length < 30) await new Promise(setImmediate);

    await replays.end("demo", ID, "cancelled");
    await running;

    expect(await state()).toMatchObject({ state: "cancelled" });
    expect(bus.length).toBeLessThan(100);
    await invoke();
    expect(await state()).toMatchObject({ state: "cancelled" });
  });
});
