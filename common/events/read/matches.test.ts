import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noReadCost } from "#common/table/partition-reader.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { chainNumberOf } from "../chain/hash.ts";
import { anEvent, histories, idsOf, plainAnswer, queries, storeEvents } from "../testing/histories.ts";
import { matchBatches, matches } from "./matches.ts";

describe("the matches of a query", () => {
  it("are those of a plain filter and sort, whatever is asked and however pages are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        histories("old"),
        histories("new"),
        queries,
        fc.constantFrom(300, 2_000, 1_048_576),
        async (first, second, query, pageBytesMax) => {
          const store = memoryTable({ pageBytesMax });
          await storeEvents(store, first, { block: 1 });
          await storeEvents(store, second, { block: 2 });

          const found = await Array.fromAsync(matches(store, query));
          const unordered = (await Array.fromAsync(matchBatches(store, query))).flat();

          expect(idsOf(found)).toEqual(plainAnswer([...first, ...second], query));
          expect(idsOf(unordered).sort()).toEqual(idsOf(found).sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  it("say which chain they stand on", async () => {
    const store = memoryTable();
    await storeEvents(store, [anEvent("e-0"), anEvent("e-1")]);

    const found = await Array.fromAsync(
      matches(store, { organizationId: "demo", types: [], words: [], order: "asc" }),
    );

    expect(found.map(({ chain, entry }) => [entry.eventId, chain.epoch, chain.number])).toEqual([
      ["e-0", 1, chainNumberOf("e-0", 4)],
      ["e-1", 1, chainNumberOf("e-1", 4)],
    ]);
  });

  it("are found over five empty years with one query for each partition", async () => {
    const store = memoryTable();
    await storeEvents(store, [anEvent("old", { date: "2020-01-01T00:00:00.000Z" }), anEvent("new")]);
    const cost = noReadCost();

    const found = await Array.fromAsync(
      matches(store, { organizationId: "demo", types: [], words: [], order: "desc" }, { cost }),
    );

    expect(idsOf(found)).toEqual(["new", "old"]);
    expect(cost.queries).toBe(4);
  });
});
