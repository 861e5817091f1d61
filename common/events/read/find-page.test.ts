import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noReadCost } from "#common/table/partition-reader.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";
import { anEvent, histories, idsOf, plainAnswer, queries, storeEvents } from "../testing/histories.ts";
import type { EventQuery, Position } from "./event-query.ts";
import { type FindPageDeps, findPage } from "./find-page.ts";

const ALL: EventQuery = { organizationId: "demo", types: [], words: [], order: "desc" };

/** More than any walk here has: one that stands still fails and does not hang. */
const PAGES_MAX = 1_000;

/** Walks to the end; answers the pages' ids. */
const walk = async (
  deps: FindPageDeps,
  query: EventQuery,
  limit: number,
  between: (page: number) => Promise<void> = async () => {},
): Promise<string[][]> => {
  const pages: string[][] = [];
  let after: Position | undefined;
  do {
    const { matches, next } = await findPage(deps, query, { limit, after });
    pages.push(idsOf(matches));
    after = next;
    if (pages.length > PAGES_MAX) throw new Error("the walk does not come to an end");
    await between(pages.length);
  } while (after);
  return pages;
};

const depsOf = (store: MemoryTable): FindPageDeps => ({ store, now: () => 0 });

describe("walking a list page by page", () => {
  it("gives exactly what a plain filter and sort gives, in full pages, with an end that is seen at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        histories("old"),
        histories("new"),
        queries,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(300, 2_000, 1_048_576),
        async (first, second, query, limit, pageBytesMax) => {
          const store = memoryTable({ pageBytesMax });
          await storeEvents(store, first, { block: 1 });
          await storeEvents(store, second, { block: 2 });

          const pages = await walk(depsOf(store), query, limit);

          const wanted = plainAnswer([...first, ...second], query);
          expect(pages.flat()).toEqual(wanted);
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
          if (wanted.length > 0) expect(pages.at(-1)?.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("skips and doubles nothing that was there before, whatever is added on the way", async () => {
    await fc.assert(
      fc.asyncProperty(
        histories("old"),
        fc.array(histories("new"), { maxLength: 4 }),
        queries,
        fc.integer({ min: 1, max: 8 }),
        async (history, added, query, limit) => {
          const store = memoryTable({ pageBytesMax: 2_000 });
          await storeEvents(store, history, { block: 1 });
          const batches = added.map((batch, place) =>
            batch.map((event) => ({ ...event, eventId: `${event.eventId}-${place}` })),
          );

          const pages = await walk(depsOf(store), query, limit, async (page) => {
            await storeEvents(store, batches[page - 1] ?? [], { block: 1 + page });
          });

          const seen = pages.flat();
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((eventId) => eventId.startsWith("old"))).toEqual(plainAnswer(history, query));
          const inOrder = plainAnswer([...history, ...batches.flat()], query);
          expect(seen).toEqual(inOrder.filter((eventId) => seen.includes(eventId)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("loses and doubles nothing when its time is over again and again, and comes to the end", async () => {
    await fc.assert(
      fc.asyncProperty(
        histories(),
        queries,
        fc.integer({ min: 1, max: 5 }),
        async (history, query, limit) => {
          const store = memoryTable({ pageBytesMax: 300 });
          await storeEvents(store, history);
          let time = 0;
          const now = () => {
            time += 6_000;
            return time;
          };

          const pages = await walk({ store, now }, query, limit);

          expect(pages.flat()).toEqual(plainAnswer(history, query));
          expect(pages.length).toBeLessThan(history.length + 8);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("comes short after ten seconds, with a cursor that is further on though nothing was found", async () => {
    const store = memoryTable({ pageBytesMax: 5_000 });
    const history = Array.from({ length: 500 }, (_, number) =>
      anEvent(`e-${number}`, {
        date: new Date(Date.UTC(2025, 0, 1) + number * 1_000).toISOString(),
        ...(number === 3 ? { actor: "ann" } : {}),
      }),
    );
    await storeEvents(store, history);
    let time = 0;
    const now = () => {
      time += 100;
      return time;
    };

    const page = await findPage({ store, now }, { ...ALL, actor: "ann" }, { limit: 5 });

    expect(page.matches).toEqual([]);
    expect(page.next?.date).toBe("2025-01-01T00:06:41.000Z");
    const pages = await walk({ store, now }, { ...ALL, actor: "ann" }, 5);
    expect(pages.flat()).toEqual(["e-3"]);
    expect(pages.length).toBe(6);
  });

  it("keeps to its order among more events of one second than it holds", async () => {
    const store = memoryTable();
    const history = Array.from({ length: 12_000 }, (_, number) => anEvent(`e-${(number * 7_919) % 12_000}`));
    for (let start = 0; start < history.length; start += 600) {
      await storeEvents(store, history.slice(start, start + 600), { block: start + 1 });
    }

    const { matches, next } = await findPage(depsOf(store), ALL, { limit: 10 });

    expect(idsOf(matches)).toEqual(plainAnswer(history, ALL).slice(0, 10));
    expect(next).toEqual({ date: "2025-01-31T12:00:00.000Z", eventId: idsOf(matches).at(-1) });
  });

  it("costs four small queries however many years are empty", async () => {
    const store = memoryTable();
    const recent = Array.from({ length: 1_000 }, (_, number) =>
      anEvent(`new-${number}`, { date: new Date(Date.UTC(2025, 0, 1) + number * 1_000).toISOString() }),
    );
    await storeEvents(store, [anEvent("old", { date: "2020-01-01T00:00:00.000Z" }), ...recent]);
    const cost = noReadCost();

    const { matches } = await findPage(
      depsOf(store),
      { ...ALL, to: "2024-12-31T00:00:00.000Z" },
      { limit: 25, cost },
    );
    expect(idsOf(matches)).toEqual(["old"]);
    expect(cost.queries).toBe(4);

    const few = noReadCost();
    await findPage(depsOf(store), ALL, { limit: 25, cost: few });
    expect(few.queries).toBe(4);
    expect(few.readUnits).toBeLessThan(16);
  });
});
