import { describe, expect, it } from "vitest";
import type { EventQuery } from "#common/events/read/event-query.ts";
import { mergedRuns } from "#common/events/read/merged-runs.ts";
import { noReadCost, openPartition } from "./partition-reader.ts";
import type { Item, QueryOptions, QueryPage } from "./table.ts";

const ALL: EventQuery = { organizationId: "demo", types: [], words: [], order: "asc" };

const anItem = (number: number): Item => ({ pk: "p", sk: String(number).padStart(4, "0") });

/** A partition of so many items, cut wherever a limit says; `fail` may throw for a page. */
const partition = (count: number, fail: (page: number) => void = () => {}) => {
  const asked: QueryOptions[] = [];
  return {
    asked,
    store: {
      get: async () => undefined,
      queryPage: async (options: QueryOptions): Promise<QueryPage> => {
        asked.push(options);
        const page = asked.length;
        await Promise.resolve();
        fail(page);
        const start = options.after === undefined ? 0 : Number(options.after) + 1;
        const end = Math.min(count, start + (options.limit ?? 5_000));
        const items = Array.from({ length: end - start }, (_, index) => anItem(start + index));
        const last = items.at(-1);
        return { items, ...(end < count && last ? { next: last.sk } : {}) };
      },
    },
  };
};

describe("reading a partition", () => {
  it("asks for more each time, and ahead from the second page on", async () => {
    const { asked, store } = partition(20_000);
    const reader = openPartition(store, { pk: "p" }, { firstItems: 10, cost: noReadCost() });

    await reader.fill();
    expect([reader.items.length, asked.length]).toEqual([10, 1]);
    reader.index = reader.items.length;
    await reader.fill();

    expect(reader.items.length).toBe(40);
    expect(asked.map(({ limit }) => limit)).toEqual([10, 40, 160]);
  });

  it("begins with full pages, read ahead, where everything is wanted", async () => {
    const { asked, store } = partition(20_000);
    const reader = openPartition(store, { pk: "p" }, { cost: noReadCost() });

    await reader.fill();

    expect(reader.items.length).toBe(5_000);
    expect(asked.map(({ limit }) => limit)).toEqual([undefined, undefined]);
  });

  it("fails when its turn comes, and without an unhandled rejection when what was read ahead is not used", async () => {
    const away = (page: number) => {
      if (page === 2) throw new Error("the table is away");
    };
    const { store } = partition(20_000, away);
    const reader = openPartition(store, { pk: "p" }, { cost: noReadCost() });

    await reader.fill();
    // An unheard failure would end this test run.
    await new Promise((resolve) => setImmediate(resolve));
    reader.index = reader.items.length;

    await expect(reader.fill()).rejects.toThrow("the table is away");
  });
});

describe("reading several partitions", () => {
  it("asks all of them at once", async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const queryPage = ({ pk }: QueryOptions) =>
      new Promise<QueryPage>((resolve) => {
        asked.push(pk);
        answers.push(() => resolve({ items: [] }));
      });

    const first = mergedRuns({ queryPage, get: async () => undefined }, ALL, { cost: noReadCost() }).next();

    expect(asked).toEqual(["demo#time#0", "demo#time#1", "demo#time#2", "demo#time#3"]);
    for (const answer of answers) answer();
    expect(await first).toEqual({ done: true, value: undefined });
  });

  it("asks none where nothing can match", async () => {
    const { asked, store } = partition(1);
    const nobody = { ...ALL, customerId: "c-1", types: ["audit"] };
    const never = { ...ALL, from: "2025-01-02T00:00:00.000Z", to: "2025-01-01T00:00:00.000Z" };

    for (const query of [nobody, never]) {
      expect(await Array.fromAsync(mergedRuns(store, query, { cost: noReadCost() }))).toEqual([]);
    }
    expect(asked).toEqual([]);
  });
});
