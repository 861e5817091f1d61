import { beforeEach, describe, expect, it } from "vitest";
import type { Item, ItemValue, Table } from "../table.ts";
import { queryAll } from "../table.ts";

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

    it("puts over the version it was told, and else says what is there", async () => {
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
  });
};
