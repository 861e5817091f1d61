import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { EventMessage, StoredEvent } from "#common/events/event.ts";
import { anEvent, storeEvents } from "#common/events/testing/histories.ts";
import { callerContext, lambdaContext, type RestRequest, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { useFunctionPort } from "#local/testing/function-port.ts";

const port = useFunctionPort("events-reader");
let handler: typeof import("./handler.ts").handler;

beforeAll(async () => {
  ({ handler } = await import("./handler.ts"));
});
beforeEach(() => {
  captureOutput();
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Page = { items: StoredEvent[]; cursor: string | null };
type Query = Record<string, string | string[]>;

const as = (organizationId: string, userId = "alice") =>
  callerContext({ organizationId, userId, roles: "events.read" });

const call = async (request: RestRequest) => {
  const result = await handler(restEvent(request), lambdaContext());
  return { status: result.statusCode, body: JSON.parse(result.body) };
};
const list = async (organizationId: string, query: Query = {}, more: Partial<RestRequest> = {}) => {
  const { status, body } = await call({
    route: "GET /events",
    query,
    authorizer: as(organizationId),
    ...more,
  });
  expect(body).toMatchObject(status === 200 ? {} : { status: 200 });
  return body as Page;
};
const idsOf = ({ items }: Page) => items.map(({ eventId }) => eventId);

const day = (number: number) => new Date(Date.UTC(2025, 0, number)).toISOString();

/** Each test has an organization of its own. */
const store = async (organizationId: string, events: EventMessage[]) => {
  const own = events.map((event) => ({ ...event, organizationId }));
  await storeEvents(port.store, own);
};

const AUDIT = { type: "audit", customerId: "-", actor: "bob", audit: true } as const;

describe("GET /events", () => {
  it("answers whole events, newest first", async () => {
    await store("whole", [
      anEvent("e-1", { date: day(1), detail: { amount: "20.00" }, actor: "ann" }),
      anEvent("e-2", { date: day(2) }),
    ]);

    const page = await list("whole");

    expect(page.cursor).toBeNull();
    expect(idsOf(page)).toEqual(["e-2", "e-1"]);
    expect(page.items[1]).toEqual({
      eventId: "e-1",
      organizationId: "whole",
      customerId: "customer-1",
      type: "opened",
      description: "Customer opened an account",
      date: "2025-01-01T00:00:00.000Z",
      actor: "ann",
      detail: { amount: "20.00" },
      recordedAt: "2025-02-01T00:00:00.000Z",
      chain: {
        epoch: 1,
        number: expect.any(Number),
        sequence: 1,
        hash: expect.stringMatching(/^[\w-]{43}$/),
        previousHash: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
  });

  it("combines all filters", async () => {
    await store("filters", [
      anEvent("e-1", {
        date: day(1),
        customerId: "a",
        type: "closed",
        actor: "ann",
        description: "Über all",
      }),
      anEvent("e-2", { date: day(2), customerId: "a", type: "closed", actor: "ann" }),
      anEvent("e-3", { date: day(3), customerId: "a", type: "opened", actor: "ann" }),
      anEvent("e-4", { date: day(4), customerId: "b", type: "closed", actor: "ann" }),
      anEvent("e-5", { date: day(5), customerId: "a", type: "moved", actor: "bob" }),
    ]);
    const ids = async (query: Query) => idsOf(await list("filters", query));

    expect(await ids({ customerId: "a" })).toEqual(["e-5", "e-3", "e-2", "e-1"]);
    expect(await ids({ type: ["closed", "moved"] })).toEqual(["e-5", "e-4", "e-2", "e-1"]);
    expect(await ids({ type: "closed", order: "asc" })).toEqual(["e-1", "e-2", "e-4"]);
    expect(await ids({ from: day(2), to: day(4) })).toEqual(["e-3", "e-2"]);
    expect(await ids({ from: "2025-01-02T01:00:00+01:00", to: "2025-01-02T00:00:00.001Z" })).toEqual(["e-2"]);
    expect(await ids({ actor: "bob" })).toEqual(["e-5"]);
    expect(await ids({ q: "ALL uber" })).toEqual(["e-1"]);
    expect(await ids({ customerId: "a", type: "closed", actor: "ann", q: "account", from: day(1) })).toEqual([
      "e-2",
    ]);
    expect(await ids({ customerId: "nobody" })).toEqual([]);
  });

  it("walks in full pages to a null cursor exactly at the end, with details large and small", async () => {
    const events = Array.from({ length: 60 }, (_, number) =>
      anEvent(`e-${String(number).padStart(2, "0")}`, {
        date: day(1 + (number % 5)),
        detail: { number, text: "x".repeat(number * 50) },
      }),
    );
    await store("walks", events);

    const seen: StoredEvent[] = [];
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await list("walks", { limit: "20", ...(cursor ? { cursor } : {}) });
      seen.push(...page.items);
      sizes.push(page.items.length);
      cursor = page.cursor;
    } while (cursor !== null);

    expect(sizes).toEqual([20, 20, 20]);
    const wanted = events.toSorted((a, b) => (a.date + a.eventId < b.date + b.eventId ? 1 : -1));
    expect(seen.map(({ eventId, detail }) => [eventId, detail])).toEqual(
      wanted.map(({ eventId, detail }) => [eventId, detail]),
    );
  });

  it("gives the next page what has no room in one answer", async () => {
    const detail = "\\".repeat(30_000);
    await store(
      "large",
      Array.from({ length: 60 }, (_, number) => anEvent(`e-${number}`, { detail })),
    );

    const first = await list("large", { limit: "100" });
    const second = await list("large", { limit: "100", cursor: first.cursor ?? "" });

    expect(first.items.length).toBeGreaterThan(30);
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(60);
    expect(second.cursor).toBeNull();
  });

  it("shows audit events only to who asks for their type", async () => {
    await store("audits", [anEvent("e-1"), anEvent("a-1", AUDIT), anEvent("a-2", AUDIT)]);

    expect(idsOf(await list("audits"))).toEqual(["e-1"]);
    expect(idsOf(await list("audits", { customerId: "-" }))).toEqual([]);
    expect(idsOf(await list("audits", { type: "audit" }))).toEqual(["a-2", "a-1"]);
    expect(idsOf(await list("audits", { type: ["audit", "opened"], order: "asc" }))).toEqual([
      "a-1",
      "a-2",
      "e-1",
    ]);
    expect(idsOf(await list("audits", { type: "audit", customerId: "-", actor: "bob" }))).toEqual([
      "a-2",
      "a-1",
    ]);
  });

  it("shows nothing of another organization", async () => {
    await store("theirs", [anEvent("e-1")]);

    expect(await list("mine")).toEqual({ items: [], cursor: null });
  });

  it("refuses a cursor with other filters or of another user", async () => {
    await store("cursors", [anEvent("e-1"), anEvent("e-2")]);
    const { cursor } = await list("cursors", { limit: "1" });
    const refused = { status: 400, body: { code: "CURSOR_INVALID" } };
    const route = "GET /events";
    const query = { limit: "1", cursor: cursor ?? "" };

    expect(idsOf(await list("cursors", query))).toEqual(["e-1"]);
    expect(
      await call({ route, query: { ...query, type: "opened" }, authorizer: as("cursors") }),
    ).toMatchObject(refused);
    expect(await call({ route, query, authorizer: as("cursors", "bob") })).toMatchObject(refused);
    expect(await call({ route, query, authorizer: as("mine") })).toMatchObject(refused);
  });

  it.each<[Query, string[]]>([
    [{ limit: "101", order: "up", colour: "red" }, ["/colour", "/limit", "/order"]],
    [
      { customerId: "a b", type: "", from: "yesterday", to: "2025-13-01" },
      ["/customerId", "/from", "/to", "/type/0"],
    ],
    [{ from: "2025-02-29T00:00:00Z", to: "2023-02-29T00:00:00Z" }, ["/from", "/to"]],
    [{ customerId: "stats" }, ["/customerId"]],
    [{ from: day(2), to: day(1) }, ["/from"]],
    [{ actor: ["a", "b"] }, ["/actor"]],
  ])("names every fault of %j and records nothing", async (query, paths) => {
    await port.sent();

    const { status, body } = await call({ route: "GET /events", query, authorizer: as("faults") });

    expect([status, body.code]).toEqual([400, "INPUT_INVALID"]);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(paths);
    expect(await port.sent()).toEqual([]);
  });

  it("lists what is about a customer, who recorded it, and what it was done to; that is read and recorded once", async () => {
    const about = { ...AUDIT, targets: [{ type: "customer", id: "c-1" }] };
    await store("who", [
      anEvent("a-1", about),
      anEvent("a-2", AUDIT),
      anEvent("e-1", { recordedBy: "carl", targets: [{ type: "account", id: "x:1" }] }),
      anEvent("e-2", { recordedBy: "dora" }),
    ]);
    await port.sent();

    expect(idsOf(await list("who", { about: "c-1" }))).toEqual(["a-1"]);
    expect(await port.sent()).toMatchObject([
      { type: "audit", detail: { filters: { about: "c-1" } }, targets: [{ type: "customer", id: "c-1" }] },
    ]);
    expect(idsOf(await list("who", { recordedBy: "carl" }))).toEqual(["e-1"]);
    expect(idsOf(await list("who", { target: "account:x:1" }))).toEqual(["e-1"]);
    expect(idsOf(await list("who", { type: "audit", target: "customer:c-1" }))).toEqual(["a-1"]);
  });

  it("records each page that is read, once, with the filters", async () => {
    await port.sent();

    await list(
      "recorded",
      { type: ["opened", "audit"], from: day(1) },
      { authorizer: as("recorded", "carl") },
    );

    expect(await port.sent()).toMatchObject([
      {
        organizationId: "recorded",
        type: "audit",
        customerId: "-",
        actor: "carl",
        audit: true,
        detail: {
          route: "GET /events",
          filters: { type: ["opened", "audit"], from: day(1), order: "desc", limit: 25 },
        },
      },
    ]);
  });
});

describe("GET /events/{eventId}", () => {
  const one = (organizationId: string, eventId: string, query: Query = {}) =>
    call({ route: "GET /events/{eventId}", params: { eventId }, query, authorizer: as(organizationId) });

  it("answers the event as the list does", async () => {
    await store("one", [anEvent("e-1", { detail: "x".repeat(2_000), actor: "ann" })]);

    const { status, body } = await one("one", "e-1");

    expect(status).toBe(200);
    expect(body).toEqual((await list("one")).items[0]);
  });

  it("answers an audit event as well, and says in the record which customers that was about", async () => {
    const targets = [{ type: "customer", id: "c-1" }];
    await store("audit-by-id", [
      anEvent("a-1", { ...AUDIT, targets }),
      anEvent("e-1", { customerId: "c-2" }),
    ]);
    await port.sent();

    expect((await one("audit-by-id", "a-1")).body).toMatchObject({ eventId: "a-1", type: "audit", targets });
    expect((await one("audit-by-id", "e-1")).status).toBe(200);

    expect(await port.sent()).toMatchObject([
      {
        detail: { filters: { eventId: "a-1" } },
        targets,
        recordedBy: expect.stringContaining("events-reader"),
      },
      { detail: { filters: { eventId: "e-1" } }, targets: [{ type: "customer", id: "c-2" }] },
    ]);
  });

  it("is 404 for what is not there, or another organization's", async () => {
    await store("one-of-them", [anEvent("e-1"), anEvent("a-1", AUDIT)]);

    expect((await one("one-of-them", "e-2")).status).toBe(404);
    expect((await one("others", "e-1")).status).toBe(404);
  });

  it.each(["verify", "-", "a b", "a#b", "x".repeat(101), ""])(
    "is 400 for %j, which is no id",
    async (eventId) => {
      expect(await one("one", eventId)).toMatchObject({
        status: 400,
        body: { errors: [{ path: "/eventId" }] },
      });
    },
  );

  it("takes no parameters", async () => {
    expect((await one("one", "e-1", { limit: "1" })).status).toBe(400);
  });

  it("is recorded, also when there is no such event", async () => {
    await port.sent();

    await one("one", "nothing");

    expect(await port.sent()).toMatchObject([
      { detail: { route: "GET /events/{eventId}", filters: { eventId: "nothing" } } },
    ]);
  });
});

describe("GET /customers/{customerId}/events", () => {
  const route = "GET /customers/{customerId}/events";
  const ofCustomer = (customerId: string, query: Query = {}) =>
    call({ route, params: { customerId }, query, authorizer: as("customers") });

  it("is the list of that customer", async () => {
    await store("customers", [
      anEvent("e-1", { customerId: "a", date: day(1) }),
      anEvent("e-2", { customerId: "b", date: day(2) }),
      anEvent("e-3", { customerId: "a", date: day(3) }),
    ]);

    const first = (await ofCustomer("a", { limit: "1" })).body as Page;
    const second = (await ofCustomer("a", { limit: "1", cursor: first.cursor ?? "" })).body as Page;

    expect([...idsOf(first), ...idsOf(second)]).toEqual(["e-3", "e-1"]);
    expect(second.cursor).toBeNull();
    expect((await ofCustomer("a")).body).toEqual(await list("customers", { customerId: "a" }));
    expect((await ofCustomer("b", { limit: "1", cursor: first.cursor ?? "" })).status).toBe(400);
    expect((await ofCustomer("nobody")).body).toEqual({ items: [], cursor: null });
  });

  it("is 400 for what is no customer's id, and takes no other customer", async () => {
    expect(await ofCustomer("a b")).toMatchObject({
      status: 400,
      body: { errors: [{ path: "/customerId" }] },
    });
    expect(await ofCustomer("a", { customerId: "b" })).toMatchObject({ status: 400 });
  });

  it("is recorded with the customer", async () => {
    await port.sent();

    await ofCustomer("a", { q: "account" });

    expect(await port.sent()).toMatchObject([
      { detail: { route, filters: { customerId: "a", q: "account" } } },
    ]);
  });
});
