import { describe, expect, it } from "vitest";
import type { StoredCustomer } from "#common/events/customers/customer.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { type CustomerEvent, customerEventsOf, makeAnnounceCustomers } from "./announce-customers.ts";

const stored = (over: Partial<StoredCustomer> = {}): StoredCustomer => ({
  customerId: "c1",
  organizationId: "demo",
  name: "Zoë Müller",
  email: "zoe@example.org",
  attributes: { secret: 1 },
  createdAt: "2025-01-31T12:00:00.000Z",
  updatedAt: "2025-01-31T13:00:00.000Z",
  version: 1,
  salt: "salt-of-1",
  digest: "digest-of-1",
  words: ["muller", "zoe"],
  ...over,
});
const next = (over: Partial<StoredCustomer> = {}) =>
  stored({ version: 2, salt: "salt-of-2", digest: "digest-of-2", ...over });
const changedAtMs = Date.UTC(2025, 1, 1);
const idsOf = ({ events }: { events: CustomerEvent[] }) => events.map(({ id }) => id);

describe("a changed profile", () => {
  it("is one customer_changed with ids and nothing of what the profile says", () => {
    const after = next({ externalId: "user-1", transactionId: "tx-2" });
    const { name, events } = customerEventsOf({
      before: stored({ externalId: "user-1" }),
      after,
      changedAtMs,
    });

    expect(name).toBe("customer_changed");
    expect(events).toEqual([
      {
        id: expect.toSatisfy(isUuid),
        organizationId: "demo",
        userId: "user-1",
        time: "2025-01-31T13:00:00.000Z",
        transactionId: "tx-2",
        customerId: "c1",
      },
    ]);
  });

  it("has no user where the profile has none, and no transaction where none is known", () => {
    const { events } = customerEventsOf({ after: stored(), changedAtMs });

    expect(Object.keys(events[0] ?? {}).sort()).toEqual(["customerId", "id", "organizationId", "time"]);
  });

  it("is one event for each user when it goes from one to another", () => {
    const from = stored({ externalId: "user-1" });
    const usersOf = (after: StoredCustomer) =>
      customerEventsOf({ before: from, after, changedAtMs }).events.map(({ userId }) => userId);

    expect(usersOf(next({ externalId: "user-2" }))).toEqual(["user-2", "user-1"]);
    expect(usersOf(next())).toEqual(["user-1"]);
    expect(
      new Set(idsOf(customerEventsOf({ before: from, after: next({ externalId: "user-2" }), changedAtMs })))
        .size,
    ).toBe(2);
  });
});

describe("an erased profile", () => {
  it("is one customer_erased for the user that it had, at the time of the record", () => {
    const before = stored({ externalId: "user-1", transactionId: "tx-1" });

    expect(customerEventsOf({ before, changedAtMs })).toEqual({
      name: "customer_erased",
      events: [
        {
          id: expect.toSatisfy(isUuid),
          organizationId: "demo",
          userId: "user-1",
          time: "2025-02-01T00:00:00.000Z",
          customerId: "c1",
        },
      ],
    });
  });
});

describe("the id of an event", () => {
  it("is the same for the same change, and another for another version, life, customer and organization", () => {
    const changes = [
      { after: stored() },
      { before: stored() },
      { before: stored(), after: next() },
      // Made again after it was erased: version 1 once more.
      { after: stored({ salt: "salt-of-3", digest: "digest-of-3" }) },
      { after: stored({ customerId: "c2" }) },
      { after: stored({ organizationId: "other" }) },
    ].map((change) => ({ ...change, changedAtMs }));

    const first = changes.flatMap((change) => idsOf(customerEventsOf(change)));
    const again = changes.flatMap((change) => idsOf(customerEventsOf(structuredClone(change))));

    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(changes.length);
  });
});

describe("announcing a change", () => {
  it("fails when the bus has not taken it, so that the record comes again", async () => {
    const announce = makeAnnounceCustomers({ publish: () => Promise.reject(new Error("the bus is away")) });

    await expect(announce({ after: stored(), changedAtMs })).rejects.toThrow("away");
  });
});
