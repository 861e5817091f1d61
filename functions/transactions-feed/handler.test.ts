import { describe, expect, it } from "vitest";
import { callerContext } from "#common/testing/lambda-events.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { startFunction } from "#local/testing/start-function.ts";

const feed = await startFunction("transactions-feed");
const route = "GET /transactions/sync";

const as = (organizationId: string, userId: string) =>
  callerContext({ organizationId, userId, roles: "transactions.read" });
const sync = (authorizer: Record<string, unknown>, query: Record<string, string> = {}) =>
  feed.ask({ route, query, authorizer });

const ids = (rows: { transactionId: string }[]) => rows.map(({ transactionId }) => transactionId).sort();

/** What an app that applies pages in order has at the end of a walk, and how large the pages were. */
const walk = async (authorizer: Record<string, unknown>, limit: string, start?: string) => {
  const state = new Map<string, string>();
  const sizes: number[] = [];
  for (let cursor = start; ; ) {
    const { status, json } = await sync(authorizer, { limit, ...(cursor === undefined ? {} : { cursor }) });
    expect(status).toBe(200);
    for (const { accountId, transactionId, amount } of [...json.added, ...json.modified]) {
      state.set(`${accountId}/${transactionId}`, amount);
    }
    for (const { accountId, transactionId } of json.removed) state.delete(`${accountId}/${transactionId}`);
    sizes.push(json.added.length + json.modified.length + json.removed.length);
    cursor = json.cursor;
    if (!json.hasMore) return { state, sizes, cursor: String(cursor) };
  }
};

const setup = async (organizationId: string, count: number) => {
  const loaded = makeLoaded({ organizationId });
  const rows = Array.from({ length: count }, (_, number) =>
    aFileRow({ transactionId: `t${number}`, accountId: number % 3 === 0 ? "A1" : "A2" }),
  );
  await loaded.load(rows);
  await loaded.own("A1");
  await loaded.own("A2", { owners: ["ann", "bob"] });
  const store = () => feed.put("transactions", loaded.items());
  await store();
  return { ...loaded, rows, store };
};

describe("200", () => {
  it("walks all accounts of the caller in pages within their limit, and ends where nothing changes any more", async () => {
    await setup("walk", 40);

    const { state, sizes, cursor } = await walk(as("walk", "ann"), "7");

    expect(state.size).toBe(40);
    expect(sizes).toEqual([7, 7, 7, 7, 7, 5]);
    expect((await sync(as("walk", "ann"), { cursor })).json).toMatchObject({
      added: [],
      modified: [],
      removed: [],
      hasMore: false,
    });
    expect((await walk(as("walk", "bob"), "500")).state.size).toBe(26);
    expect((await walk(as("walk", "eve"), "500")).state.size).toBe(0);
  });

  it("says what changed since: the net effect per transaction", async () => {
    const { load, rows, undo, store } = await setup("changes", 6);
    const { cursor } = await walk(as("changes", "ann"), "100");
    await load([...rows.slice(1), aFileRow({ transactionId: "t1", amount: "-9.00", accountId: "A2" })]);
    await load([aFileRow({ transactionId: "new" }), aFileRow({ transactionId: "gone" })]);
    await undo(3);
    await load([aFileRow({ transactionId: "new", amount: "-1.00" })]);
    await store();

    const { json } = await sync(as("changes", "ann"), { cursor });

    expect(json).toMatchObject({
      added: [{ transactionId: "new", accountId: "A1", amount: "-1.00" }],
      modified: [{ transactionId: "t1", accountId: "A2", amount: "-9.00" }],
      removed: [],
      hasMore: false,
    });
  });

  it("gives the rows of an account that was taken back in pages, finished once begun, and anew when it is given again", async () => {
    const { own, store } = await setup("owners", 12);
    const { cursor } = await walk(as("owners", "ann"), "100");
    await own("A2", { owners: ["bob"] });
    await store();

    const first = (await sync(as("owners", "ann"), { cursor, limit: "5" })).json;
    await own("A2", { owners: ["ann", "bob"] });
    await store();
    const second = (await sync(as("owners", "ann"), { cursor: first.cursor, limit: "5" })).json;
    const third = (await sync(as("owners", "ann"), { cursor: second.cursor, limit: "100" })).json;

    expect([first.removed.length, first.added.length]).toEqual([5, 0]);
    expect([second.removed.length, second.added.length]).toEqual([3, 2]);
    const removed = [...first.removed, ...second.removed];
    expect(ids(removed)).toEqual(ids([...second.added, ...third.added]));
    expect(third.hasMore).toBe(false);
  });
});

describe("400", () => {
  it.each([{ limit: "0" }, { limit: "501" }, { cursor: "x".repeat(8_193) }, { from: "2026-01-01" }])(
    "refuses %j",
    async (query) => {
      expect((await sync(as("faults", "ann"), query as Record<string, string>)).status).toBe(400);
    },
  );

  it("refuses the cursor of another user, of another organization and one that was altered", async () => {
    await setup("cursors", 3);
    const { cursor } = await walk(as("cursors", "ann"), "100");

    for (const authorizer of [as("cursors", "bob"), as("walk", "ann")]) {
      expect((await sync(authorizer, { cursor })).json.code).toBe("CURSOR_INVALID");
    }
    expect((await sync(as("cursors", "ann"), { cursor: `${cursor.slice(0, -2)}AA` })).status).toBe(400);
  });
});

describe("403", () => {
  it("is what a caller without the role gets", async () => {
    const authorizer = callerContext({ roles: "events.read" });

    expect((await sync(authorizer)).status).toBe(403);
  });
});
