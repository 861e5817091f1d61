import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Item, ItemValue, Table } from "../table.ts";
import { queryAll } from "../table.ts";

/** The index that a table under this contract has. */
export const DUE = { name: "due", partitionKey: "dueIn", sortKey: "dueAt" } as const;

/** The local index that it has. */
export const BY_TIME = { name: "byTime", partitionKey: "pk", sortKey: "time" } as const;

/** A global index follows its table a moment later. */
const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 });

let partitions = 0;

/** What every `Table` keeps to. Partitions are new in each test, so that a table can be shared. */
export const describeTable = (name: string, makeStore: () => Promise<Table>): void => {
  describe(`the table ${name}`, () => {
    let store: Table;
    let pk = "";
    beforeEach(async () => {
      store = await makeStore();
      partitions += 1;
      pk = `contract#${partitions}`;
    });
    const item = (sk: string, more: Record<string, ItemValue> = {}): Item => ({ ...more, pk, sk });
    const sortKeys = (items: readonly Item[]) => items.map(({ sk }) => sk);
    const put = (...sks: string[]) => store.putAll(sks.map((sk) => item(sk)));

    it("gives back texts, numbers and bytes as they were put, and nothing where nothing is", async () => {
      const whole = item("a", {
        text: 'ä"\\\u0007 😀',
        number: -12.5,
        big: 9_007_199_254_740_991,
        bytes: new Uint8Array([0, 255]),
      });
      await store.putAll([whole]);

      const got = await store.get({ pk, sk: "a" }, { consistent: true });

      expect({ ...got, bytes: [...((got?.bytes ?? []) as Uint8Array)] }).toEqual({
        ...whole,
        bytes: [0, 255],
      });
      expect(await store.get({ pk, sk: "b" })).toBeUndefined();
    });

    it("puts many, more than one call takes, and the later over the earlier", async () => {
      const many = Array.from({ length: 130 }, (_, number) =>
        item(String(number).padStart(3, "0"), { number }),
      );
      await store.putAll(many);
      await store.putAll([item("000", { number: 1_000 })]);

      const all = await store.getMany([...many, item("no such"), item("001")], { consistent: true });

      expect(all.map(({ number }) => number).toSorted((a, b) => Number(a) - Number(b))).toEqual([
        ...many.slice(1).map(({ number }) => number),
        1_000,
      ]);
      await store.putAll([]);
      expect(await store.getMany([])).toEqual([]);
    });

    it("puts if absent once", async () => {
      expect(await store.putIfAbsent(item("a", { number: 1 }))).toBe(true);
      expect(await store.putIfAbsent(item("a", { number: 2 }))).toBe(false);
      expect(await store.get({ pk, sk: "a" }, { consistent: true })).toMatchObject({ number: 1 });
    });

    it("puts over the version that is named, and else says what is there", async () => {
      expect(await store.putIfVersion(item("a", { version: 5 }), 4)).toEqual({ done: false });
      expect(await store.putIfVersion(item("a", { version: 1 }), 0)).toEqual({ done: true });
      expect(await store.putIfVersion(item("a", { version: 1 }), 0)).toEqual({
        done: false,
        present: item("a", { version: 1 }),
      });
      expect(await store.putIfVersion(item("a", { version: 2 }), 1)).toEqual({ done: true });
      expect(await store.putIfVersion(item("a", { version: 2 }), 1)).toMatchObject({ done: false });
    });

    it("queries between bounds, both inclusive, either way", async () => {
      await put("a", "b", "b#1", "c", "d");

      expect(sortKeys(await queryAll(store, { pk }))).toEqual(["a", "b", "b#1", "c", "d"]);
      expect(sortKeys(await queryAll(store, { pk, from: "b", to: "c" }))).toEqual(["b", "b#1", "c"]);
      expect(sortKeys(await queryAll(store, { pk, from: "bb", order: "desc" }))).toEqual(["d", "c"]);
      expect(sortKeys(await queryAll(store, { pk, to: "b" }))).toEqual(["a", "b"]);
      expect(sortKeys(await queryAll(store, { pk, from: "x" }))).toEqual([]);
    });

    it("goes on after a page, either way and within bounds", async () => {
      await put("a", "b", "c", "d", "e");
      for (const order of ["asc", "desc"] as const) {
        const first = await store.queryPage({ pk, from: "b", to: "d", order, limit: 2 });
        const second = await store.queryPage({
          pk,
          from: "b",
          to: "d",
          order,
          limit: 2,
          after: first.next ?? "",
        });

        const wanted = order === "asc" ? ["b", "c", "d"] : ["d", "c", "b"];
        expect([...sortKeys(first.items), ...sortKeys(second.items)]).toEqual(wanted);
        expect(first.items).toHaveLength(2);
      }
    });

    it("cuts a page at 1 MB and says that there is more", async () => {
      await store.putAll(["a", "b", "c", "d"].map((sk) => item(sk, { text: "x".repeat(350_000) })));

      const { items, next } = await store.queryPage({ pk });

      expect(items.length).toBeLessThan(4);
      expect(next).toBe(items.at(-1)?.sk);
      expect(sortKeys(await queryAll(store, { pk }))).toEqual(["a", "b", "c", "d"]);
    });

    it("sorts by the bytes of UTF-8", async () => {
      await put("\u{1f600}", "\uffee", "z", "é", "a");

      expect(sortKeys(await queryAll(store, { pk }))).toEqual(["a", "z", "é", "\uffee", "\u{1f600}"]);
    });

    it("writes all of a transaction or nothing, and says whose condition did not hold", async () => {
      await store.putAll([item("old", { version: 3 }), item("gone")]);

      const lost = await store.transact([
        { put: item("new"), absent: true },
        { put: item("old", { version: 4 }), version: 2 },
        { remove: { pk, sk: "gone" } },
        { put: item("gone too"), version: 1 },
      ]);
      const between = sortKeys(await queryAll(store, { pk, consistent: true }));
      const done = await store.transact([
        { put: item("new"), absent: true },
        { put: item("old", { version: 4 }), version: 3 },
        { remove: { pk, sk: "gone" } },
      ]);

      expect(lost).toEqual({ done: false, lost: [1, 3] });
      expect(between).toEqual(["gone", "old"]);
      expect(done).toEqual({ done: true });
      expect(sortKeys(await queryAll(store, { pk, consistent: true }))).toEqual(["new", "old"]);
      expect(await store.get({ pk, sk: "old" }, { consistent: true })).toMatchObject({ version: 4 });
    });

    it("puts what must be absent once, and removes by version", async () => {
      const put = () => store.transact([{ put: item("a", { version: 1 }), absent: true }]);

      expect(await put()).toEqual({ done: true });
      expect(await put()).toEqual({ done: false, lost: [0] });
      expect(await store.transact([{ remove: { pk, sk: "a" }, version: 2 }])).toEqual({
        done: false,
        lost: [0],
      });
      expect(await store.transact([{ remove: { pk, sk: "a" }, version: 1 }])).toEqual({ done: true });
      // What is not there can be removed, unless a version is asked for.
      expect(await store.transact([{ remove: { pk, sk: "a" } }])).toEqual({ done: true });
      expect(await store.transact([{ remove: { pk, sk: "a" }, version: 1 }])).toEqual({
        done: false,
        lost: [0],
      });
    });

    it("holds a transaction against what is only checked, and leaves that as it is", async () => {
      await store.putAll([item("a", { version: 3 })]);
      const a = { pk, sk: "a" };
      const none = { pk, sk: "none" };

      expect(await store.transact([{ check: a, version: 2 }, { put: item("b") }])).toEqual({
        done: false,
        lost: [0],
      });
      expect(await store.transact([{ put: item("b") }, { check: a, absent: true }])).toEqual({
        done: false,
        lost: [1],
      });
      expect(await store.get({ pk, sk: "b" }, { consistent: true })).toBeUndefined();

      const held = [{ check: a, version: 3 }, { check: none, absent: true } as const, { put: item("b") }];
      expect(await store.transact(held)).toEqual({ done: true });
      expect(sortKeys(await queryAll(store, { pk, consistent: true }))).toEqual(["a", "b"]);
      expect(await store.get(a, { consistent: true })).toEqual(item("a", { version: 3 }));
    });

    it("takes 100 writes as one, and refuses more or one key twice", async () => {
      const writes = (count: number) =>
        Array.from({ length: count }, (_, number) => ({ put: item(String(number).padStart(3, "0")) }));

      await expect(store.transact(writes(101))).rejects.toThrow();
      await expect(store.transact([...writes(1), ...writes(1)])).rejects.toThrow();
      expect(await store.transact(writes(100))).toEqual({ done: true });
      expect(await queryAll(store, { pk, consistent: true })).toHaveLength(100);
    });

    it("lets one of many transactions on the same item win", async () => {
      await store.putAll([item("a", { version: 1 })]);

      const results = await Promise.all(
        Array.from({ length: 5 }, () =>
          store.transact([{ put: item("a", { version: 2 }), version: 1 }, { put: item("beside") }]),
        ),
      );

      expect(results.filter(({ done }) => done)).toHaveLength(1);
      // Another one's transaction may be in the way of what has no condition, too.
      for (const result of results)
        if (!result.done) expect(result.lost.every((place) => place <= 1)).toBe(true);
    });

    it("queries an index in its own order, in pages, and only what has its keys", async () => {
      const of = (sk: string, dueAt: string) => item(sk, { dueIn: pk, dueAt });
      await store.putAll([
        of("a", "3"),
        of("b", "1"),
        of("c", "2"),
        of("d", "2"),
        item("e", { dueIn: pk }),
        item("f"),
      ]);
      const due = { index: DUE, pk } as const;
      await eventually(async () => expect(await queryAll(store, due)).toHaveLength(4));

      const first = await store.queryPage({ ...due, limit: 2 });
      const second = await store.queryPage({ ...due, limit: 2, after: first.next ?? "" });
      const range = await queryAll(store, { ...due, from: "2", to: "2" });
      const back = await queryAll(store, { ...due, order: "desc", from: "2" });

      // Items with equal index keys stand in no promised order.
      expect([...first.items, ...second.items].map(({ dueAt }) => dueAt)).toEqual(["1", "2", "2", "3"]);
      expect(new Set(sortKeys([...first.items, ...second.items]))).toEqual(new Set(["a", "b", "c", "d"]));
      expect(sortKeys(range).toSorted()).toEqual(["c", "d"]);
      expect(back.map(({ dueAt }) => dueAt)).toEqual(["3", "2", "2"]);
    });

    it("queries a local index consistently, in its own order, from any place, also one where nothing stands", async () => {
      const of = (sk: string, time: string) => item(sk, { time });
      await store.putAll([of("a", "3"), of("b", "1"), of("c", "2"), of("d", "4"), item("e")]);
      const byTime = { index: BY_TIME, pk, consistent: true } as const;

      const first = await store.queryPage({ ...byTime, limit: 2 });
      await store.transact([{ remove: { pk, sk: "c" } }, { put: of("a", "0") }]);
      const second = await store.queryPage({ ...byTime, after: first.next ?? "" });
      const back = await store.queryPage({ ...byTime, order: "desc", to: "4", limit: 1 });

      expect(sortKeys(first.items)).toEqual(["b", "c"]);
      expect(sortKeys(second.items)).toEqual(["d"]);
      expect(sortKeys(back.items)).toEqual(["d"]);
      expect(sortKeys(await queryAll(store, byTime))).toEqual(["a", "b", "d"]);
    });

    it("answers keys alone where nothing else is asked for", async () => {
      await store.putAll([item("a", { text: "long", dueIn: pk, dueAt: "1" })]);
      await eventually(async () => expect(await queryAll(store, { index: DUE, pk })).toHaveLength(1));

      expect(await queryAll(store, { pk, keysOnly: true })).toEqual([{ pk, sk: "a" }]);
      expect(await queryAll(store, { index: DUE, pk, keysOnly: true })).toEqual([
        { pk, sk: "a", dueIn: pk, dueAt: "1" },
      ]);
    });
  });
};
