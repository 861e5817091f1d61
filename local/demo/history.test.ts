import { describe, expect, it } from "vitest";
import { DEMO_CUSTOMERS, demoCustomers } from "./customers.ts";
import { DEMO_DAYS, demoHistory } from "./history.ts";

const start = new Date("2026-01-01T00:00:00Z");
const end = new Date(start.getTime() + DEMO_DAYS * 86_400_000).toISOString();
const customers = demoCustomers(DEMO_CUSTOMERS);
const histories = customers.map(({ customerId }) => demoHistory(customerId, start));

describe("the customers of the demo", () => {
  it("have ids and names of their own", () => {
    expect(customers.length).toBeGreaterThanOrEqual(100);
    for (const values of [customers.map((c) => c.customerId), customers.map((c) => c.profile.name)]) {
      expect(new Set(values).size).toBe(customers.length);
    }
  });
});

describe("the histories of the demo", () => {
  it("are the same in every run", () => {
    expect(customers.map(({ customerId }) => demoHistory(customerId, start))).toEqual(histories);
  });

  it("hold a few thousand events of five types by several actors, with ids of their own", () => {
    const events = histories.flat();

    expect(events.length).toBeGreaterThan(2000);
    expect(events.length).toBeLessThan(5000);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([
      "account_closed",
      "account_opened",
      "address_changed",
      "card_ordered",
      "transaction_posted",
    ]);
    expect(new Set(events.map(({ actor }) => actor)).size).toBeGreaterThan(5);
  });

  it("begin with an opened account, stay within the month, and end with the closing where there is one", () => {
    for (const history of histories) {
      const dates = history.map(({ date }) => date);
      expect(dates).toEqual([...dates].sort());
      expect((dates[0] ?? "") >= start.toISOString() && (dates.at(-1) ?? "") < end).toBe(true);
      expect(history[0]?.type).toBe("account_opened");
      const closing = history.findIndex(({ type }) => type === "account_closed");
      expect([-1, history.length - 1]).toContain(closing);
    }
  });
});
