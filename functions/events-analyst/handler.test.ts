import { describe, expect, it } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import { anEvent, storeEvents } from "#common/events/testing/histories.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const analyst = await startFunction("events-analyst");

type Query = Record<string, string | string[]>;

const ask = async (route: string, organizationId: string, query: Query) => {
  const authorizer = callerContext({ organizationId, userId: "alice", roles: "events.read" });
  const { status, json } = await analyst.ask({ route, query, authorizer });
  return { status, body: json };
};
const stats = (organizationId: string, query: Query) => ask("GET /events/stats", organizationId, query);
const durations = (organizationId: string, query: Query) =>
  ask("GET /events/durations", organizationId, query);

const at = (hour: number) => new Date(Date.UTC(2025, 0, 1, hour)).toISOString();

const store = async (organizationId: string, events: EventMessage[]) => {
  const own = events.map((event) => ({ ...event, organizationId }));
  await storeEvents({ putAll: (items) => analyst.put("events", items) }, own);
};

const history = [
  anEvent("e-1", { date: at(1), customerId: "a", actor: "ann" }),
  anEvent("e-2", { date: at(2), customerId: "b" }),
  anEvent("e-3", { date: at(3), customerId: "a", type: "closed", description: "Customer closed it" }),
  anEvent("e-4", { date: at(30), customerId: "b", type: "closed", actor: "ann" }),
  anEvent("e-5", { date: at(30), customerId: "b", type: "note" }),
  anEvent("a-1", { date: at(5), customerId: "-", type: "audit", audit: true }),
];

describe("GET /events/stats", () => {
  it("answers several groupings from one look, recorded once", async () => {
    await store("groups", history);

    const { status, body } = await stats("groups", { groupBy: ["type", "day"] });

    expect(status).toBe(200);
    expect(body).toEqual({
      groups: {
        type: [
          { key: "closed", count: 2 },
          { key: "opened", count: 2 },
          { key: "note", count: 1 },
        ],
        day: [
          { key: "2025-01-01", count: 3 },
          { key: "2025-01-02", count: 2 },
        ],
      },
    });
    expect(await analyst.sent("events-audit")).toHaveLength(1);
    for (const groupBy of [["type", "type"], ["type", "customer", "actor", "day", "hour"], []]) {
      expect((await stats("groups", { groupBy })).status, groupBy.join()).toBe(400);
    }
  });

  it.each<[Query, [string, number][]]>([
    [
      { groupBy: "type" },
      [
        ["closed", 2],
        ["opened", 2],
        ["note", 1],
      ],
    ],
    [
      { groupBy: "customer" },
      [
        ["b", 3],
        ["a", 2],
      ],
    ],
    [
      { groupBy: "actor" },
      [
        ["", 3],
        ["ann", 2],
      ],
    ],
    [
      { groupBy: "day" },
      [
        ["2025-01-01", 3],
        ["2025-01-02", 2],
      ],
    ],
    [
      { groupBy: "hour", to: at(4) },
      [
        ["2025-01-01T01:00:00.000Z", 1],
        ["2025-01-01T02:00:00.000Z", 1],
        ["2025-01-01T03:00:00.000Z", 1],
      ],
    ],
    [{ groupBy: "type", customerId: "b", from: at(2), actor: "ann" }, [["closed", 1]]],
    [{ groupBy: "type", q: "CLOSED" }, [["closed", 1]]],
    [
      { groupBy: "type", type: ["audit", "note"] },
      [
        ["audit", 1],
        ["note", 1],
      ],
    ],
    [{ groupBy: "type", type: "unknown" }, []],
  ])("counts with %j", async (query, counts) => {
    await store("stats", history);

    expect(await stats("stats", query)).toEqual({
      status: 200,
      body: { items: counts.map(([key, count]) => ({ key, count })) },
    });
  });

  it.each<[Query, string[]]>([
    [{}, ["/groupBy"]],
    [{ groupBy: "weekday", limit: "1" }, ["/groupBy/0", "/limit"]],
    [{ groupBy: "day", from: "2025-02-29T00:00:00Z" }, ["/from"]],
  ])("names every fault of %j", async (query, paths) => {
    const { status, body } = await stats("stats", query);

    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(paths);
  });

  it("records nothing of what it refuses", async () => {
    await stats("stats", { groupBy: "day", from: "2025-02-29T00:00:00Z" });
    await durations("stats", { fromType: "opened", toType: "closed", to: "2025-02-29T00:00:00Z" });

    expect(await analyst.sent("events-audit")).toEqual([]);
  });

  it("counts nothing of another organization, and is recorded", async () => {
    expect((await stats("nobody", { groupBy: "type" })).body).toEqual({ items: [] });

    expect(await analyst.sent("events-audit")).toMatchObject([
      { organizationId: "nobody", detail: { route: "GET /events/stats", filters: { groupBy: ["type"] } } },
    ]);
  });
});

describe("GET /events/durations", () => {
  const types = { fromType: "opened", toType: "closed" };

  it("measures from the first to the next after it, with the filters", async () => {
    await store("durations", history);

    expect(await durations("durations", types)).toEqual({
      status: 200,
      body: { count: 2, medianSeconds: 7_200, p90Seconds: 28 * 3_600, meanSeconds: 15 * 3_600 },
    });
    expect((await durations("durations", { ...types, customerId: "b" })).body.medianSeconds).toBe(28 * 3_600);
    expect((await durations("durations", { ...types, to: at(2) })).body).toEqual({
      count: 0,
      medianSeconds: null,
      p90Seconds: null,
      meanSeconds: null,
    });
  });

  it("names every fault", async () => {
    const { status, body } = await durations("durations", { fromType: "", type: "a", order: "asc" });

    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      "/fromType",
      "/order",
      "/toType",
      "/type",
    ]);
  });

  it("is recorded", async () => {
    await durations("durations", types);

    expect(await analyst.sent("events-audit")).toMatchObject([
      { detail: { route: "GET /events/durations", filters: types } },
    ]);
  });
});
