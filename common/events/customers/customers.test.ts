import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Preconditions } from "#common/http/preconditions.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { EventMessage } from "../event.ts";
import { EventMessageSchema } from "../queue/event-message.schema.ts";
import { makeChangeCustomers } from "./change-customers.ts";
import { type Profile, profileDigest } from "./customer.ts";
import { type CustomerTable, readCustomer } from "./customers.ts";
import { findCustomers } from "./find-customers.ts";
import { hasNameWords, nameWords } from "./name-words.ts";

const CALLER = { organizationId: "demo", userId: "alice" };
let serial = 0;
const attempt = () => {
  serial += 1;
  const id = `0194bc4c-e800-7abc-8def-${String(serial).padStart(12, "0")}`;
  return { id, time: new Date(Date.UTC(2025, 0, 31) + serial).toISOString() };
};

const request = (preconditions: Preconditions = {}) => ({
  caller: CALLER,
  attempt: attempt(),
  transactionId: "tx-1",
  preconditions,
});

const setup = (over: Partial<CustomerTable> = {}) => {
  const memory = memoryTable();
  const table = { ...memory, ...over };
  const sent: EventMessage[] = [];
  const send = async (event: EventMessage) => {
    sent.push(event);
  };
  const changes = makeChangeCustomers({ table, send, sleep: async () => {} });
  return {
    table,
    sent,
    items: memory.items,
    put: (customerId: string, profile: Profile, preconditions: Preconditions = {}) =>
      changes.put(customerId, profile, request(preconditions)),
    erase: (customerId: string, preconditions: Preconditions = {}) =>
      changes.erase(customerId, request(preconditions)),
    list: async (q = "", limit = 25, after?: string) => {
      const found = { organizationId: "demo", words: nameWords(q), limit, after, now: Date.now };
      const { items, next } = await findCustomers(table, found);
      return { customers: items.map(({ customer }) => customer), next };
    },
  };
};

describe("changing a customer", () => {
  it("creates and replaces, each with an event that holds the digest and nothing of the profile", async () => {
    const { put, sent, table } = setup();

    const made = await put("c1", { name: "Zoë", email: "zoe@example.org" });
    const replaced = await put("c1", { name: "Zoë Müller" });

    expect([made.isNew, replaced.isNew]).toEqual([true, false]);
    expect(replaced.customer).toEqual({
      customerId: "c1",
      organizationId: "demo",
      name: "Zoë Müller",
      createdAt: made.customer.createdAt,
      updatedAt: expect.any(String),
    });
    expect(replaced.customer.updatedAt > made.customer.updatedAt).toBe(true);
    const stored = await readCustomer(table, "demo", "c1");
    expect(sent).toMatchObject([
      {
        type: "audit",
        audit: true,
        actor: "alice",
        detail: { change: "customer_created", customerId: "c1", version: 1 },
      },
      { detail: { change: "customer_replaced", version: 2, digest: stored?.digest } },
    ]);
    expect(stored?.digest).toBe(profileDigest(stored?.salt ?? "", { name: "Zoë Müller" }));
    expect(sent.map(({ salt }) => salt)).not.toContain(stored?.salt);
    expect(JSON.stringify(sent)).not.toMatch(/Zoë|Müller|zoe@/);
    expect(sent.flatMap((event) => EventMessageSchema.faults(event))).toEqual([]);
  });

  it("does nothing when the same profile comes again", async () => {
    const { put, sent, items } = setup();
    const first = await put("c1", { name: "Ann", attributes: { a: 1, b: 2 } });
    const before = items();

    expect(await put("c1", { name: "Ann", attributes: { b: 2, a: 1 } })).toEqual({ ...first, isNew: false });
    expect(items()).toEqual(before);
    expect(sent).toHaveLength(1);
  });

  it("erases all that is known, after which it is not there, and its event holds nothing of the profile", async () => {
    const { put, erase, sent, items } = setup();
    await put("c1", { name: "Zoë Müller", email: "zoe@example.org", attributes: { secret: 1 } });

    await erase("c1");

    expect(items()).toEqual([]);
    expect(sent[1]).toMatchObject({
      actor: "alice",
      detail: { change: "customer_erased", customerId: "c1" },
    });
    await expect(erase("c1")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await put("c1", { name: "Another" })).isNew).toBe(true);
  });

  it("never stands in the table without its event on the queue", async () => {
    const table = memoryTable();
    const send = () => Promise.reject(new Error("the queue is away"));
    const changes = makeChangeCustomers({ table, send });

    await expect(changes.put("c1", { name: "Ann" }, request())).rejects.toThrow("away");

    expect(table.items()).toEqual([]);
  });

  it("at the same time as others ends with one of them, whole, and every change that stands has its event", async () => {
    const { put, erase, items, sent, list } = setup();
    const names = Array.from({ length: 6 }, (_, index) => `Name${index} Common`);

    await Promise.allSettled([
      ...names.map((name) => put("c1", { name })),
      erase("c1"),
      put("c1", { name: "Last" }),
    ]);

    const { customers } = await list();
    const [profile] = customers;
    const words = items().filter(({ pk }) => pk.startsWith("demo#name#"));
    expect(words.map(({ word }) => word).sort()).toEqual(profile?.words ?? []);
    expect(items().filter(({ pk }) => pk.startsWith("demo#customers#"))).toHaveLength(customers.length);
    if (profile) {
      expect(sent.map(({ detail }) => detail)).toContainEqual({
        change: expect.any(String),
        customerId: "c1",
        digest: profile.digest,
        version: profile.version,
      });
    }
  });

  it("gives up with CUSTOMER_IN_CHANGE when others are always quicker", async () => {
    const { put } = setup({ transact: async () => ({ done: false, lost: [0] }) });

    await expect(put("c1", { name: "Ann" })).rejects.toMatchObject({
      code: "CUSTOMER_IN_CHANGE",
      retryAfterSeconds: 1,
    });
  });
});

describe("the list of customers", () => {
  const names = ["Ann Anders", "Anna Huber", "Änne Huber", "Bob Ånnström", "Carla", "Hub Er", "😀"];
  const name = fc.array(fc.constantFrom(...names.flatMap((one) => one.split(" "))), {
    minLength: 1,
    maxLength: 3,
  });

  it("holds every customer who matches exactly once, in full pages, whatever the limit", async () => {
    const asked = fc.constantFrom(
      "",
      "a",
      "ann",
      "änn",
      "hub",
      "hub ann",
      "an an",
      "anders ann",
      "x",
      "carla",
      "b",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { maxLength: 40 }),
        asked,
        fc.integer({ min: 1, max: 10 }),
        async (all, q, limit) => {
          const { put, list } = setup();
          for (const [index, words] of all.entries()) await put(`c${index}`, { name: words.join(" ") });
          const expected = all.flatMap((words, index) =>
            hasNameWords(nameWords(words.join(" ")), nameWords(q)) ? [`c${index}`] : [],
          );

          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = await list(q, limit, after);
            seen.push(...page.customers.map(({ customerId }) => customerId));
            expect(page.customers.length).toBeLessThanOrEqual(limit);
            if (page.next !== undefined) expect(page.customers).toHaveLength(limit);
            after = page.next;
          } while (after !== undefined);

          expect(seen.toSorted()).toEqual(expected.toSorted());
          if (q === "") expect(seen).toEqual(seen.toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });

  it("comes short with a place to go on from when its time is up", async () => {
    const { put, table } = setup();
    for (let index = 0; index < 30; index += 1)
      await put(`c${index}`, { name: index === 29 ? "Zed" : "Ann" });

    let now = 0;
    const options = { organizationId: "demo", words: ["z"], limit: 5 };
    const first = await findCustomers(table, { ...options, now: () => (now += 20_000) });
    expect(first.items).toEqual([]);
    expect(first.next).toBeDefined();

    const rest = await findCustomers(table, { ...options, after: first.next, now: () => now });
    expect(rest.items.map(({ customer }) => customer.customerId)).toEqual(["c29"]);
    expect(rest.next).toBeUndefined();
  });

  it("holds no customer of another organization", async () => {
    const { put, table } = setup();
    await put("c1", { name: "Ann" });

    for (const words of [[], ["ann"]]) {
      const found = await findCustomers(table, { organizationId: "other", words, limit: 5, now: () => 0 });
      expect(found).toEqual({ items: [] });
    }
  });
});
