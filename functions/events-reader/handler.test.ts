import { describe, expect, it } from "vitest";
import type { StoredEvent } from "#common/events/event.ts";
import { anEvent } from "#common/events/testing/histories.ts";
import { AUDIT, as, day, idsOf, type Page, type Query, startReader } from "./testing/reader.ts";

const { call, list, sent, store } = await startReader();

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
    const { status, body } = await call({ route: "GET /events", query, authorizer: as("faults") });

    expect([status, body.code]).toEqual([400, "INPUT_INVALID"]);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(paths);
    expect(await sent()).toEqual([]);
  });

  it("lists what is about a customer, who recorded it, and what it was done to; that is read and recorded once", async () => {
    const about = { ...AUDIT, targets: [{ type: "customer", id: "c-1" }] };
    await store("who", [
      anEvent("a-1", about),
      anEvent("a-2", AUDIT),
      anEvent("e-1", { recordedBy: "carl", targets: [{ type: "account", id: "x:1" }] }),
      anEvent("e-2", { recordedBy: "dora" }),
    ]);

    expect(idsOf(await list("who", { about: "c-1" }))).toEqual(["a-1"]);
    expect(await sent()).toMatchObject([
      { type: "audit", detail: { filters: { about: "c-1" } }, targets: [{ type: "customer", id: "c-1" }] },
    ]);
    expect(idsOf(await list("who", { recordedBy: "carl" }))).toEqual(["e-1"]);
    expect(idsOf(await list("who", { target: "account:x:1" }))).toEqual(["e-1"]);
    expect(idsOf(await list("who", { type: "audit", target: "customer:c-1" }))).toEqual(["a-1"]);
  });

  it("records each page that is read, once, with the filters", async () => {
    await list(
      "recorded",
      { type: ["opened", "audit"], from: day(1) },
      { authorizer: as("recorded", "carl") },
    );

    expect(await sent()).toMatchObject([
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
