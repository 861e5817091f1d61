import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "./values.ts";

const number = (text: string) => canonical({ N: text });

describe("the one spelling of a request's values", () => {
  it("does not depend on the order of names nor of a set's members", () => {
    const attribute = fc.oneof(
      fc.record({ S: fc.string() }),
      fc.record({ N: fc.integer().map(String) }),
      fc.uniqueArray(fc.string(), { minLength: 1 }).map((SS) => ({ SS })),
    );
    const items = fc.array(fc.tuple(fc.string({ minLength: 1 }), attribute));
    const reversed = (value: object): object =>
      "SS" in value && Array.isArray(value.SS) ? { SS: value.SS.toReversed() } : value;

    fc.assert(
      fc.property(items, (pairs) => {
        const there = Object.fromEntries(pairs);
        const back = Object.fromEntries(
          Object.entries(there)
            .toReversed()
            .map(([name, value]) => [name, reversed(value)]),
        );
        expect(JSON.stringify(canonical(back))).toBe(JSON.stringify(canonical(there)));
      }),
    );
  });

  it("is the same for one number however it is written, and for no other number", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), fc.integer(), (value, zeros, other) => {
        expect(number(`${value}.${"0".repeat(zeros + 1)}`)).toEqual(number(String(value)));
        expect(number(`${value}${"0".repeat(zeros)}e-${zeros}`)).toEqual(number(String(value)));
        if (other !== value) expect(number(String(other))).not.toEqual(number(String(value)));
      }),
    );
  });

  it.each([
    ["0.10", "1e-1"],
    ["-0", "0"],
    ["+5", "5"],
    [".5", "0.50"],
    ["1E2", "100"],
  ])("makes %s and %s one", (one, other) => {
    expect(number(one)).toEqual(number(other));
  });

  it("distinguishes a text from a number, and a list from a set", () => {
    expect(canonical({ S: "1" })).not.toEqual(canonical({ N: "1" }));
    expect(canonical({ L: [{ S: "b" }, { S: "a" }] })).not.toEqual(
      canonical({ L: [{ S: "a" }, { S: "b" }] }),
    );
  });
});
