import { describe, expect, it } from "vitest";
import { hasWordStarts, wordsOf } from "#common/text/words.ts";
import { type RequestFilters, readFilters } from "./request-filters.ts";

const faultsOf = (filters: RequestFilters): unknown => {
  try {
    readFilters("demo", filters);
    return [];
  } catch (error) {
    return (error as { errors: unknown }).errors;
  }
};

describe("the filters of a request", () => {
  it("are all events, newest first, when nothing is said", () => {
    expect(readFilters("demo", {})).toEqual({
      organizationId: "demo",
      types: [],
      words: [],
      order: "desc",
    });
  });

  it.each([
    ["2025-01-31T12:00:00Z", "2025-01-31T12:00:00.000Z"],
    ["2025-01-31T12:00:00.5+02:30", "2025-01-31T09:30:00.500Z"],
    ["2025-01-31T23:00:00-02:00", "2025-02-01T01:00:00.000Z"],
    ["2025-01-31T12:00:00 02:00", "2025-01-31T10:00:00.000Z"],
    ["2025-01-31T12:00:00.123000000Z", "2025-01-31T12:00:00.123Z"],
    ["2025-01-31T12:00:00.123000001Z", "2025-01-31T12:00:00.124Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ])("take the time %s as %s", (text, date) => {
    expect(readFilters("demo", { from: text }).from).toBe(date);
    expect(readFilters("demo", { to: text }).to).toBe(date);
  });

  it("name every time that is none, and a range that is turned round", () => {
    expect(faultsOf({ from: "2025-02-29T00:00:00Z", to: "2025-01-31T23:59:60Z" })).toEqual([
      { in: "query", path: "/from", message: expect.stringContaining("a day or a time") },
      { in: "query", path: "/to", message: expect.stringContaining("a day or a time") },
    ]);
    expect(faultsOf({ from: "2025-01-02T00:00:00Z", to: "2025-01-01T00:00:00Z" })).toEqual([
      { in: "query", path: "/from", message: "must not be after `to`" },
    ]);
    expect(faultsOf({ from: "2025-01-02T00:00:00Z", to: "2025-01-02T01:00:00+01:00" })).toEqual([]);
  });

  it("name a day or time that is none with an example of one", () => {
    for (const from of ["yesterday", "2024-02-30", "2024-1-1", "2024-01-01Z", "", "31.01.2025"]) {
      expect(faultsOf({ from }), from).toEqual([
        { in: "query", path: "/from", message: expect.stringMatching(/2025-01-31 or 2025-01-31T12:00:00Z$/) },
      ]);
    }
  });

  it("end before a day that is named as the end: a month is its first day and the next one's", () => {
    expect(readFilters("demo", { from: "2025-01-01", to: "2025-02-01" })).toMatchObject({
      from: "2025-01-01T00:00:00.000Z",
      to: "2025-02-01T00:00:00.000Z",
    });
  });

  it("cut a target at its first colon", () => {
    expect(readFilters("demo", { target: "account:crm:42" }).target).toEqual({
      type: "account",
      id: "crm:42",
    });
  });

  it("ask for audit events when they ask what is about a customer, and for no others", () => {
    expect(readFilters("demo", { about: "c1" })).toMatchObject({ about: "c1", types: ["audit"] });
    expect(readFilters("demo", { about: "c1", type: ["audit"] })).toMatchObject({ types: ["audit"] });
    expect(faultsOf({ about: "c1", type: ["audit", "opened"] })).toEqual([
      { in: "query", path: "/about", message: "goes with type=audit or with no type" },
    ]);
  });

  it("are the same whatever order and however often the types are named", () => {
    expect(readFilters("demo", { type: ["b", "a", "b"] })).toEqual(readFilters("demo", { type: ["a", "b"] }));
  });
});

describe("the words of a search", () => {
  it.each([
    ["closed account", true],
    ["ACCOUNT", true],
    ["  cafe \t thé ", true],
    ["CAFÉ", true],
    ["count", false],
    ["20.00", true],
    ["", true],
    ["closed opened", false],
    ["caffè", false],
    ["closed the account", true],
  ])("%j are in the description: %s", (search, expected) => {
    const description = "Customer Closed the account: café, THE\u0301, -20.00";

    expect(hasWordStarts(description, wordsOf(search))).toBe(expected);
  });
});
