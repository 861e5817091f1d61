import { describe, expect, it } from "vitest";
import { anEvent } from "#common/events/testing/histories.ts";
import { AUDIT, as, day, idsOf, type Page, type Query, startReader } from "./testing/reader.ts";

const { call, list, sent, store } = await startReader();

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

    expect((await one("audit-by-id", "a-1")).body).toMatchObject({ eventId: "a-1", type: "audit", targets });
    expect((await one("audit-by-id", "e-1")).status).toBe(200);

    expect(await sent()).toMatchObject([
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
    await one("one", "nothing");

    expect(await sent()).toMatchObject([
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
    await ofCustomer("a", { q: "account" });

    expect(await sent()).toMatchObject([{ detail: { route, filters: { customerId: "a", q: "account" } } }]);
  });
});
