import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import type { EventQuery } from "#common/events/read/event-query.ts";
import { anEvent, histories, plainAnswer, queries, storeEvents } from "#common/events/testing/histories.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { AnalyticsSource, Count, GroupBy } from "./analytics-source.ts";
import { tableAnalytics } from "./table-analytics.ts";

const ALL: EventQuery = { organizationId: "demo", types: [], words: [], order: "desc" };

const setup = async (history: readonly EventMessage[], pageBytesMax = 1_048_576) => {
  const store = memoryTable({ pageBytesMax });
  await storeEvents(store, history);
  return tableAnalytics({ store, now: () => 0 });
};

const matching = (history: readonly EventMessage[], query: EventQuery): EventMessage[] => {
  const byId = new Map(history.map((event) => [event.eventId, event]));
  return plainAnswer(history, query).flatMap((eventId) => byId.get(eventId) ?? []);
};

const plainCounts = (events: readonly EventMessage[], groupBy: GroupBy): Count[] => {
  const keyOf = (event: EventMessage) => {
    const time = new Date(event.date);
    if (groupBy === "hour") time.setUTCMinutes(0, 0, 0);
    const keys = {
      type: event.type,
      customer: event.customerId,
      actor: event.actor ?? "",
      day: time.toISOString().split("T")[0] ?? "",
      hour: time.toISOString(),
    };
    return keys[groupBy];
  };
  const keys = events.map(keyOf);
  const counts = [...new Set(keys)]
    .sort()
    .map((key) => ({ key, count: keys.filter((other) => other === key).length }));
  return groupBy === "day" || groupBy === "hour" ? counts : counts.sort((a, b) => b.count - a.count);
};

const countsBy = async (analytics: AnalyticsSource, query: EventQuery, by: GroupBy) =>
  (await analytics.counts(query, [by])).get(by);

/** Nearest rank, by counting: the smallest value that so large a share of all is not above. */
const plainRank = (values: number[], share: number): number | null =>
  values
    .toSorted((a, b) => a - b)
    .find((value) => values.filter((other) => other <= value).length >= share * values.length) ?? null;

const plainDurations = (events: readonly EventMessage[], fromType: string, toType: string) => {
  const seconds = [...new Set(events.map(({ customerId }) => customerId))].flatMap((customerId) => {
    const own = events.filter((event) => event.customerId === customerId);
    const first = own.findIndex(({ type }) => type === fromType);
    const next = first === -1 ? undefined : own.slice(first + 1).find(({ type }) => type === toType);
    return next ? [(Date.parse(next.date) - Date.parse(own[first]?.date ?? "")) / 1_000] : [];
  });
  return {
    count: seconds.length,
    medianSeconds: plainRank(seconds, 0.5),
    p90Seconds: plainRank(seconds, 0.9),
    meanSeconds: seconds.length === 0 ? null : seconds.reduce((sum, one) => sum + one, 0) / seconds.length,
  };
};

describe("counting events", () => {
  it("is what counting the plain list gives, for all groupings at once and every filter", async () => {
    const groupings = fc.uniqueArray(fc.constantFrom<GroupBy>("type", "customer", "actor", "day", "hour"), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(histories(), queries, groupings, async (history, query, groupBy) => {
        const analytics = await setup(history, 600);

        const counts = await analytics.counts(query, groupBy);

        expect([...counts.keys()]).toEqual(groupBy);
        for (const [by, counted] of counts) {
          expect(counted).toEqual(plainCounts(matching(history, query), by));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("leaves audit events out unless their type is asked for", async () => {
    const audit = { type: "audit", customerId: "-", audit: true } as const;
    const analytics = await setup([anEvent("e-1"), anEvent("e-2", audit), anEvent("e-3", audit)]);

    expect(await countsBy(analytics, ALL, "type")).toEqual([{ key: "opened", count: 1 }]);
    expect(await countsBy(analytics, { ...ALL, types: ["opened", "audit"] }, "type")).toEqual([
      { key: "audit", count: 2 },
      { key: "opened", count: 1 },
    ]);
  });

  it("counts events without an actor under the empty key", async () => {
    const analytics = await setup([anEvent("e-1"), anEvent("e-2", { actor: "ann" }), anEvent("e-3")]);

    expect(await countsBy(analytics, ALL, "actor")).toEqual([
      { key: "", count: 2 },
      { key: "ann", count: 1 },
    ]);
  });

  it("refuses what it cannot count in time, though nothing matches", async () => {
    const store = memoryTable({ pageBytesMax: 2_000 });
    await storeEvents(
      store,
      Array.from({ length: 200 }, (_, number) =>
        anEvent(`e-${number}`, { date: new Date(Date.UTC(2025, 0, 1) + number * 1_000).toISOString() }),
      ),
    );
    let time = 0;
    const now = () => {
      time += 3_000;
      return time;
    };

    const counting = tableAnalytics({ store, now }).counts({ ...ALL, actor: "nobody" }, ["day"]);

    await expect(counting).rejects.toMatchObject({ code: "TOO_MUCH_TO_COUNT", status: 503, retry: false });
  });

  it("refuses more groups than an answer can hold", async () => {
    const store = memoryTable();
    const history = Array.from({ length: 38_000 }, (_, number) =>
      anEvent(`e-${number}`, { customerId: `${"c".repeat(94)}${String(number).padStart(6, "0")}` }),
    );
    for (let start = 0; start < history.length; start += 1_000) {
      await storeEvents(store, history.slice(start, start + 1_000), { block: start + 1 });
    }
    const analytics = tableAnalytics({ store, now: () => 0 });

    await expect(analytics.counts(ALL, ["customer"])).rejects.toMatchObject({ code: "TOO_MUCH_TO_COUNT" });
    expect(await countsBy(analytics, ALL, "day")).toEqual([{ key: "2025-01-31", count: 38_000 }]);
  });
});

describe("measuring durations", () => {
  it("is what the plain list gives, whatever the types and filters", async () => {
    const types = fc.constantFrom("opened", "closed", "a#0", "unknown");
    await fc.assert(
      fc.asyncProperty(histories(), queries, types, types, async (history, query, fromType, toType) => {
        const analytics = await setup(history, 600);
        const looked: EventQuery = { ...query, types: [fromType, toType], order: "asc" };

        const measured = await analytics.durations(query, { fromType, toType });

        const { meanSeconds, ...plain } = plainDurations(matching(history, looked), fromType, toType);
        expect(measured).toMatchObject(plain);
        if (meanSeconds === null) expect(measured.meanSeconds).toBeNull();
        else expect(measured.meanSeconds).toBeCloseTo(meanSeconds, 6);
      }),
      { numRuns: 200 },
    );
  });

  it("takes each customer's first beginning and the next end after it, by nearest rank", async () => {
    const at = (minute: number) => new Date(Date.UTC(2025, 0, 31, 12, minute)).toISOString();
    const analytics = await setup(
      Array.from({ length: 10 }, (_, number) => {
        const customerId = `c-${number}`;
        return [
          anEvent(`z-${number}`, { customerId, type: "closed", date: at(0) }),
          anEvent(`a-${number}`, { customerId, type: "opened", date: at(1) }),
          anEvent(`b-${number}`, { customerId, type: "opened", date: at(2) }),
          anEvent(`c-${number}`, { customerId, type: "closed", date: at(2 + number) }),
          anEvent(`d-${number}`, { customerId, type: "closed", date: at(50) }),
        ];
      }).flat(),
    );

    expect(await analytics.durations(ALL, { fromType: "opened", toType: "closed" })).toEqual({
      count: 10,
      medianSeconds: 300,
      p90Seconds: 540,
      meanSeconds: 330,
    });
    expect(await analytics.durations(ALL, { fromType: "opened", toType: "opened" })).toMatchObject({
      count: 10,
      meanSeconds: 60,
    });
    expect(await analytics.durations(ALL, { fromType: "closed", toType: "unknown" })).toEqual({
      count: 0,
      medianSeconds: null,
      p90Seconds: null,
      meanSeconds: null,
    });
  });
});
