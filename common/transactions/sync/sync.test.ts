import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeCursors } from "#common/paging/cursor.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { readAccount } from "../changes/read.ts";
import { makeFold } from "../folding/fold.ts";
import { aFileRow } from "../testing/files.ts";
import { makeLoaded } from "../testing/loaded.ts";
import { type Position, positionFromBytes, positionToBytes } from "./position.ts";
import { CURSOR_MS, makeSync } from "./sync.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 2, 1);

const setup = async (rows: number) => {
  const clock = { ms: START };
  const now = () => clock.ms;
  const table = memoryTable();
  const loaded = makeLoaded({ table, now });
  await loaded.load(Array.from({ length: rows }, (_, number) => aFileRow({ transactionId: `t${number}` })));
  await loaded.own("A1");
  const keys = async () => new Uint8Array(32);
  const sync = makeSync({ table, now, cursors: makeCursors({ keys, now, validMs: CURSOR_MS }) });
  const ask = (cursor?: string, limit = 100) =>
    sync({ organizationId: "demo", userId: "ann", cursor, limit });
  const fold = async () => {
    const account = await readAccount(table, "demo", "A1");
    if (account) await makeFold({ table, now })(account);
  };
  return { clock, table, loaded, ask, fold };
};

const expired = { code: "CURSOR_EXPIRED", status: 400 };

describe("a cursor of the sync feed", () => {
  it("at the end of a walk is good for 90 days", async () => {
    const { clock, ask } = await setup(3);
    const { cursor, hasMore } = await ask();

    clock.ms = START + 90 * DAY_MS - 1;
    expect([hasMore, (await ask(cursor)).added]).toEqual([false, []]);
    clock.ms = START + 90 * DAY_MS;
    await expect(ask(cursor)).rejects.toMatchObject(expired);
  });

  it("in the middle of one is good for 24 hours, and the walk for 36", async () => {
    const { clock, ask } = await setup(9);
    const first = await ask(undefined, 3);
    expect(first.hasMore).toBe(true);

    clock.ms = START + 24 * HOUR_MS - 1;
    const second = await ask(first.cursor, 3);
    expect(second.added).toHaveLength(3);
    clock.ms = START + 24 * HOUR_MS;
    await expect(ask(first.cursor, 3)).rejects.toMatchObject(expired);
    clock.ms = START + 36 * HOUR_MS;
    await expect(ask(second.cursor, 3)).rejects.toMatchObject(expired);
  });

  it("opens to the same changes when its page was lost, and to those that came since", async () => {
    const { loaded, ask } = await setup(3);
    const { cursor } = await ask(undefined, 2);

    const lost = await ask(cursor, 2);
    await loaded.load([aFileRow({ transactionId: "late" })]);
    const again = await ask(cursor, 2);

    expect(again.added.slice(0, 1)).toEqual(lost.added);
    expect(again.added.map(({ transactionId }) => transactionId)).toContain("late");
  });

  it("goes on over a fold and what that deletes, and a new walk begins at the base", async () => {
    const { clock, loaded, ask, fold } = await setup(20);
    await loaded.undo(1);
    await loaded.load([aFileRow({ transactionId: "kept" })]);
    clock.ms += 91 * DAY_MS;
    await loaded.load([aFileRow({ transactionId: "new" })]);
    const { cursor } = await ask();
    await fold();
    clock.ms += 3 * DAY_MS;
    await fold();
    await loaded.load([aFileRow({ transactionId: "newest" })]);

    const changes = await ask(cursor);
    const anew = await ask();

    expect(changes.added.map(({ transactionId }) => transactionId)).toEqual(["newest"]);
    expect(anew.added.map(({ transactionId }) => transactionId).sort()).toEqual(["kept", "new", "newest"]);
    expect(anew.removed).toEqual([]);
  });

  it("of 1,000 accounts, with a million changes each, has at most 8,192 characters", async () => {
    const keys = async () => new Uint8Array(32);
    const accounts = new Map(Array.from({ length: 1_000 }, (_, number) => [number + 1, { at: 1_000_000 }]));
    const bytes = positionToBytes({ accounts, sealedAt: START, begunAt: START });
    const scope = { route: "GET", organizationId: "demo", userId: "ann", filters: {} };

    expect((await makeCursors({ keys }).seal(bytes, scope)).length).toBeLessThanOrEqual(8_192);
  });

  it("is read as it was written", () => {
    const number = fc.nat(2 ** 40);
    const place = fc.record({ part: fc.nat(1_000), rows: fc.nat(1_000) });
    const position = fc.oneof<fc.Arbitrary<Position>[]>(
      fc.record({ at: number }),
      fc.record({ base: number, place }),
      fc.record({ leaving: number, behind: fc.stringMatching(/^[A-Za-z0-9._:-]{0,100}$/) }),
      fc.record({ leavingBase: number, had: place, place }),
    );
    const positions = fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), position), { maxLength: 30 });

    fc.assert(
      fc.property(
        positions,
        fc.option(fc.integer({ min: 1, max: START }), { nil: undefined }),
        (some, begunAt) => {
          const accounts = new Map(some.toSorted(([one], [other]) => one - other));
          const whole = { accounts, sealedAt: START, ...(begunAt === undefined ? {} : { begunAt }) };

          expect(positionFromBytes(positionToBytes(whole))).toEqual(whole);
        },
      ),
    );
  });
});
