import { describe, expect, it } from "vitest";
import { countedTable } from "#common/table/testing/counted-table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { makeEdit } from "./changes/edit.ts";
import { makeNight } from "./changes/night.ts";
import { readAccount } from "./changes/read.ts";
import { makeFold } from "./folding/fold.ts";
import { findOwned, findUnowned } from "./reading/find-accounts.ts";
import { findTransactions } from "./reading/find-transactions.ts";
import type { Position } from "./sync/position.ts";
import { walk } from "./sync/walk.ts";
import { aFileRow } from "./testing/files.ts";
import { makeLoaded } from "./testing/loaded.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 1);

const setup = async (rows: number, over: Parameters<typeof aFileRow>[0] = {}) => {
  const { table, costOf } = countedTable(memoryTable(), { indexes: ["byDate"] });
  const loaded = makeLoaded({ table, now: () => NOW });
  const file = Array.from({ length: rows }, (_, number) =>
    aFileRow({
      transactionId: `t${String(number).padStart(5, "0")}`,
      postedAt: new Date(NOW - number * 3_600_000).toISOString(),
      balance: "100.00",
      ...over,
    }),
  );
  await loaded.load(file);
  await loaded.own("A1");
  const account = await readAccount(table, "demo", "A1");
  if (!account) throw new Error("no account");
  const target = { organizationId: "demo", accountId: "A1", userId: "ann" };
  return { table, costOf, loaded, file, account, target };
};

/** The table of docs/data-models/transactions.md: calls, read units and write units of each access. */
describe("what the accesses of the table cost", () => {
  it("a new row: 3.6 to 5.8 write units with its account, its feed and its index", async () => {
    for (const [rows, limit] of [
      [1, 11],
      [25, 90],
    ] as const) {
      const { loaded, costOf } = await setup(1);
      const file = Array.from({ length: rows }, (_, number) => aFileRow({ transactionId: `new-${number}` }));

      const { writeUnits, readUnits } = await costOf(() => loaded.load(file));

      expect(writeUnits / rows).toBeLessThanOrEqual(5.8);
      expect(writeUnits).toBeLessThanOrEqual(limit);
      expect(readUnits).toBe(rows + 1);
    }
  });

  it("a row that says nothing new: 1 read unit, and one for its account", async () => {
    const { loaded, file, costOf } = await setup(25);

    expect(await costOf(() => loaded.load(file))).toEqual({ calls: 2, readUnits: 26, writeUnits: 0 });
  });

  it("a pending row that is listed again: 2 to 4 write units", async () => {
    const { loaded, file, costOf } = await setup(20, { status: "pending" });

    const { writeUnits } = await costOf(() => loaded.load(file));

    expect(writeUnits / 20).toBeGreaterThanOrEqual(2);
    expect(writeUnits / 20).toBeLessThanOrEqual(4);
  });

  it("a page of 25: one query, the same at the end of a long list, and one account", async () => {
    const { table, account, costOf } = await setup(1_000);
    const list = { account, order: "desc" as const, matches: () => true, limit: 25, now: () => 0 };
    const { next } = await findTransactions(table, list);

    const first = await costOf(() => findTransactions(table, list));
    const later = await costOf(() => findTransactions(table, { ...list, after: next }));

    expect(first.calls).toBe(1);
    expect(later).toEqual(first);
    expect(first.readUnits).toBeLessThanOrEqual(4);
  });

  it("an account: 1 read unit; a page of the caller's: the list, and 1 for each", async () => {
    const { table, costOf } = await setup(1);
    const options = { organizationId: "demo", limit: 25, now: () => 0 };

    expect(await costOf(() => readAccount(table, "demo", "A1"))).toMatchObject({ calls: 1, readUnits: 1 });
    expect(await costOf(() => findOwned(table, "ann", options))).toMatchObject({ calls: 2, readUnits: 2 });
    expect((await costOf(() => findUnowned(table, options))).calls).toBeLessThanOrEqual(9);
  });

  it("an edit: 2 reads of 1 unit, and 9 write units at the most", async () => {
    const { table, target, costOf } = await setup(10);

    const cost = await costOf(() =>
      makeEdit({ table })({ ...target, transactionId: "t00003" }, { note: "Mine" }),
    );

    expect(cost.readUnits).toBe(2);
    expect(cost.writeUnits).toBeLessThanOrEqual(9);
  });

  it("a sync: 1 read unit an account when nothing changed, 6 to 10 for 100 changes, 60 for 1,000", async () => {
    const { table, costOf } = await setup(1_000);
    let accounts: ReadonlyMap<number, Position> = new Map();
    const page = async (limit: number) => {
      const options = { organizationId: "demo", userId: "ann", accounts, limit, isLate: () => false };
      const walked = await walk(table, options);
      accounts = walked.accounts;
      return walked;
    };

    const hundred = await costOf(() => page(100));
    const rest = await costOf(async () => {
      while ((await page(500)).hasMore);
    });
    const idle = await costOf(() => page(100));

    expect(hundred.readUnits).toBeLessThanOrEqual(10);
    expect(rest.readUnits + hundred.readUnits).toBeLessThanOrEqual(60);
    // The owner's list, and the account.
    expect(idle).toEqual({ calls: 2, readUnits: 2, writeUnits: 0 });
  });

  it("a night: an account without pending rows none, and with some as far back as the oldest is", async () => {
    const { table, costOf } = await setup(1_000);
    const pending = await setup(10, { status: "pending" });
    const night = Math.floor((NOW + DAY_MS) / DAY_MS);

    const none = await costOf(() => makeNight({ table })("demo", "A1", night));
    const some = await pending.costOf(() => makeNight({ table: pending.table })("demo", "A1", night));

    expect(none).toMatchObject({ calls: 1, readUnits: 1 });
    expect(some.readUnits).toBeLessThanOrEqual(4);
    expect(some.writeUnits).toBe(0);
  });

  it("a fold: the entries once, and the rows that they make", async () => {
    const { table, account, costOf } = await setup(1_000);
    const fold = makeFold({ table, now: () => NOW + 100 * DAY_MS });

    const { readUnits, writeUnits } = await costOf(() => fold(account));

    expect(readUnits).toBeLessThanOrEqual(60);
    expect(writeUnits).toBeLessThanOrEqual(60);
  });
});
