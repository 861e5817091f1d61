import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { type Reply, type System, startSystem } from "../testing/system.ts";

let system: System;
/** Each test has an organization of its own. */
let organizations = 0;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

type Event = { eventId: string; type: string; actor?: string; detail?: unknown; date: string };
type Page = { items: Event[]; cursor: string | null };
const page = (reply: Reply) => {
  expect(reply.status, reply.text).toBe(200);
  return reply.body as Page;
};
const idsOf = ({ items }: Page) => items.map(({ eventId }) => eventId);

const setup = async () => {
  organizations += 1;
  const organizationId = `read-${organizations}`;
  const token = await system.token(["events.read", "events.write"], { organizationId, sub: "alice" });
  const get = (path: string, as = token) => system.call(`GET ${path}`, { token: as });
  /** Posts and waits until all can be read. */
  const record = async (events: object[]) => {
    const body = events.map((event, index) => ({
      eventId: `e-${index}`,
      customerId: "c-1",
      type: "opened",
      description: "Customer opened an account",
      ...event,
    }));
    const reply = await system.call("POST /events", { token, body });
    expect(reply.status, reply.text).toBe(202);
    const last = `/events?limit=100&type=${[...new Set(body.map(({ type }) => type))].join("&type=")}`;
    await eventually(
      () => get(last),
      (listed) => (listed.body as Page).items?.length === Math.min(100, body.length),
    );
  };
  return { organizationId, get, record };
};

const day = (number: number) => new Date(Date.UTC(2025, 0, number)).toISOString();

describe("events that were posted", () => {
  it("are listed in pages, in order, with their details, and read one by one", async () => {
    const { get, record, organizationId } = await setup();
    await record([
      { date: day(1), detail: { amount: "20.00" }, actor: "ann" },
      { date: day(3), customerId: "c-2", type: "closed", detail: "x".repeat(20_000) },
      { date: day(2), type: "closed", description: "Café closed" },
    ]);

    const first = page(await get("/events?limit=2"));
    const second = page(await get(`/events?limit=2&cursor=${first.cursor}`));
    expect([idsOf(first), idsOf(second), second.cursor]).toEqual([["e-1", "e-2"], ["e-0"], null]);
    expect(first.items[0]?.detail).toBe("x".repeat(20_000));
    expect(idsOf(page(await get("/customers/c-1/events?order=asc")))).toEqual(["e-0", "e-2"]);
    expect(idsOf(page(await get("/events?q=CAFE&type=closed")))).toEqual(["e-2"]);
    expect(idsOf(page(await get(`/events?from=${day(2)}&to=${day(3)}`)))).toEqual(["e-2"]);
    expect(idsOf(page(await get("/events?from=2025-01-03T01:00:00+01:00")))).toEqual(["e-1"]);
    const one = await get("/events/e-0");
    expect(one.body).toEqual(second.items[0]);
    expect(one.body).toMatchObject({ organizationId, actor: "ann", detail: { amount: "20.00" } });
  });

  it("are counted and measured", async () => {
    const { get, record } = await setup();
    await record([
      { date: day(1), customerId: "a" },
      { date: day(1), customerId: "b" },
      { date: day(2), customerId: "a", type: "closed" },
      { date: day(4), customerId: "b", type: "closed" },
    ]);

    expect((await get("/events/stats?groupBy=type")).body).toEqual({
      items: [
        { key: "closed", count: 2 },
        { key: "opened", count: 2 },
      ],
    });
    expect((await get("/events/stats?groupBy=day&customerId=a")).body).toEqual({
      items: [
        { key: "2025-01-01", count: 1 },
        { key: "2025-01-02", count: 1 },
      ],
    });
    expect((await get("/events/durations?fromType=opened&toType=closed")).body).toEqual({
      count: 2,
      medianSeconds: 86_400,
      p90Seconds: 3 * 86_400,
      meanSeconds: 2 * 86_400,
    });
  });

  it("are visible only to their organization, and only with the role", async () => {
    const { record } = await setup();
    await record([{}]);
    const other = await system.token(["events.read"], { organizationId: "other" });
    const writer = await system.token(["events.write"], { organizationId: `read-${organizations}` });

    expect(page(await system.call("GET /events", { token: other })).items).toEqual([]);
    expect((await system.call("GET /events/e-0", { token: other })).status).toBe(404);
    for (const path of ["/events", "/events/e-0", "/customers/c-1/events", "/events/stats?groupBy=day"]) {
      expect((await system.call(`GET ${path}`, { token: writer })).status).toBe(403);
    }
  });
});

describe("reads", () => {
  it("are each recorded once with who read what, and shown only when they are asked for", async () => {
    const { get } = await setup();
    await get("/events?customerId=c-1");
    await get("/events/e-0");
    await get("/customers/c-1/events");
    await get("/events/stats?groupBy=day");
    await get("/events/durations?fromType=a&toType=b");

    const routes = ({ items }: Page) => items.map(({ detail }) => (detail as { route: string }).route);
    const READS = [
      "GET /customers/{customerId}/events",
      "GET /events",
      "GET /events/durations",
      "GET /events/stats",
      "GET /events/{eventId}",
    ];
    const to = new Date(Date.now() + 1).toISOString();
    const listed = await eventually(
      () => get(`/events?type=audit&order=asc&limit=100&to=${to}`),
      (reply) => (reply.body as Page).items.length >= READS.length,
    );
    expect(routes(page(listed)).sort()).toEqual(READS);
    expect(page(listed).items.map(({ actor }) => actor)).toEqual(READS.map(() => "alice"));
    expect(page(await get("/events")).items).toEqual([]);
    expect((await get("/events/stats?groupBy=type")).body).toEqual({ items: [] });
    const [first] = page(listed).items;
    expect((await get(`/events/${first?.eventId}`)).body).toMatchObject({ ...first, actor: "alice" });
    expect(first).toMatchObject({ recordedBy: expect.stringMatching(/^events-/) });
    // Reading the audit events is recorded as well.
    const more = await eventually(
      () => get(`/events?type=audit&limit=100&from=${to}`),
      (reply) => (reply.body as Page).items.length > 0,
    );
    expect(page(more).items.every(({ type }) => type === "audit")).toBe(true);
  });
});
