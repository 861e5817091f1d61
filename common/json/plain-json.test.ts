import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalNameFaults } from "./equal-names.ts";
import { DEPTH_MAX, jsonFaults } from "./json.ts";
import { isPlainJson } from "./plain-json.ts";

describe("plain JSON", () => {
  it("has no faults, and most JSON is plain", () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const text = JSON.stringify(given);
        const value: unknown = JSON.parse(text);
        if (!isPlainJson(text, value)) return;
        plain += 1;

        expect([...jsonFaults(value), ...equalNameFaults(text, value)]).toEqual([]);
      }),
    );
    expect(plain).toBeGreaterThan(50);
  });

  it.each([
    ["a field that stands twice", '{"a":{"b":1,"b":2}}'],
    ["a field that stands twice, once escaped", '{"a":1,"\\u0061":2}'],
    ["a lone surrogate", '{"a":"\\ud800"}'],
    ["__proto__", '{"__proto__":1}'],
    ["__proto__, escaped", '{"__pr\\u006fto__":1}'],
    ["too many levels", "[".repeat(DEPTH_MAX + 1) + "]".repeat(DEPTH_MAX + 1)],
  ])("is nothing with %s", (_, text) => {
    expect(isPlainJson(text, JSON.parse(text))).toBe(false);
  });

  it("may have colons and brackets in its texts", () => {
    const text = JSON.stringify({ 'a":{[': `":[{\\${"[".repeat(200)}` });

    expect(isPlainJson(text, JSON.parse(text))).toBe(true);
  });
});
