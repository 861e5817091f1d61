import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, matchesPattern, PatternError } from "./pattern.ts";

const detail = (value: unknown) => ({ source: "s", detail: { x: value } });
const asks = (condition: unknown) => ({ detail: { x: [condition] } });

describe("the operators of a pattern", () => {
  it.each<[string, unknown, unknown[], unknown[]]>([
    ["exact text", "a", ["a", ["b", "a"]], ["A", "ab", "", null, ["b"], undefined]],
    ["exact number", 3, [3, 3.0, [1, 3]], ["3", 4, null]],
    ["true", true, [true], [false, "true", 1]],
    ["null", null, [null], ["null", "", 0, undefined]],
    ["empty text", "", [""], [null, " ", undefined]],
    ["prefix", { prefix: "ab" }, ["ab", "abc", ["x", "abz"]], ["AB", "xab", 12, undefined]],
    ["prefix, ignoring case", { prefix: { "equals-ignore-case": "aB" } }, ["ABc", "abc"], ["xab"]],
    ["suffix", { suffix: ".png" }, [".png", "a.png"], ["a.PNG", "png", 1]],
    ["suffix, ignoring case", { suffix: { "equals-ignore-case": ".pNg" } }, ["a.PNG", "a.png"], ["a.gif"]],
    ["equals-ignore-case", { "equals-ignore-case": "Alice" }, ["alice", "ALICE"], ["alic", "alice ", 1]],
    ["wildcard in the middle", { wildcard: "a*c" }, ["ac", "abc", "abcbc"], ["ab", "xac", "acx"]],
    ["wildcards around", { wildcard: "*b*" }, ["b", "abc", "bb"], ["ac", ""]],
    ["an escaped star", { wildcard: "a\\*c" }, ["a*c"], ["abc"]],
    ["numeric range", { numeric: [">", 0, "<=", 5] }, [0.1, 5], [0, 5.1, "3", null]],
    ["numeric equality", { numeric: ["=", 3.018e2] }, [301.8], [302]],
    ["cidr of version 4", { cidr: "10.0.0.0/24" }, ["10.0.0.0", "10.0.0.255"], ["10.0.1.0", "x", "::1"]],
    ["cidr of version 6", { cidr: "2001:db8::/32" }, ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]],
    ["exists", { exists: true }, ["a", 0, null, ""], [undefined, {}, { y: 1 }, []]],
    ["does not exist", { exists: false }, [undefined, []], ["a", null]],
    ["anything but a value", { "anything-but": "a" }, ["b", "", 1, null], ["a", undefined]],
    ["anything but texts", { "anything-but": ["a", "2"] }, ["b", 2, 3, null], ["a", "2"]],
    ["anything but numbers", { "anything-but": [1, 2] }, ["b", "2", 3, null], [1, 2, undefined]],
    [
      "anything but a prefix",
      { "anything-but": { prefix: "ab" } },
      ["ba", 12, null, true],
      ["abc", undefined],
    ],
    ["anything but prefixes", { "anything-but": { prefix: ["a", "b"] } }, ["c"], ["ax", "bx"]],
    ["anything but a suffix", { "anything-but": { suffix: ".md" } }, ["a.ts"], ["a.md"]],
    [
      "anything but, ignoring case",
      { "anything-but": { "equals-ignore-case": ["a", "b"] } },
      ["c"],
      ["A", "b"],
    ],
    ["anything but a wildcard", { "anything-but": { wildcard: "*/tmp/*" } }, ["/var"], ["/x/tmp/y"]],
  ])("%s", (_, condition, matching, others) => {
    for (const value of matching)
      expect(matchesPattern(asks(condition), detail(value)), JSON.stringify(value)).toBe(true);
    for (const value of others)
      expect(matchesPattern(asks(condition), detail(value)), JSON.stringify(value)).toBe(false);
  });

  it("wants every field, and any of a field's conditions", () => {
    const pattern = { source: ["a", "b"], detail: { kind: [{ prefix: "x" }, "y"] } };

    expect(matchesPattern(pattern, { source: "b", detail: { kind: "y" } })).toBe(true);
    expect(matchesPattern(pattern, { source: "b", detail: { kind: "z" } })).toBe(false);
    expect(matchesPattern(pattern, { source: "c", detail: { kind: "y" } })).toBe(false);
  });

  it("knows $or at any level", () => {
    const pattern = { detail: { $or: [{ a: [1] }, { b: [{ exists: false }], c: ["x"] }], d: ["d"] } };

    expect(matchesPattern(pattern, { detail: { a: 1, b: 1, d: "d" } })).toBe(true);
    expect(matchesPattern(pattern, { detail: { c: "x", d: "d" } })).toBe(true);
    expect(matchesPattern(pattern, { detail: { c: "x", b: 1, d: "d" } })).toBe(false);
    expect(matchesPattern(pattern, { detail: { a: 1 } })).toBe(false);
  });

  it("wants one object of a list to match as a whole", () => {
    const pattern = { detail: { items: { name: ["a"], size: [1] } } };

    expect(matchesPattern(pattern, { detail: { items: [{ name: "a", size: 1 }, { name: "b" }] } })).toBe(
      true,
    );
    expect(
      matchesPattern(pattern, {
        detail: {
          items: [
            { name: "a", size: 2 },
            { name: "b", size: 1 },
          ],
        },
      }),
    ).toBe(false);
  });

  it("takes a list that is no alternative for a field of the name $or", () => {
    expect(matchesPattern({ $or: [{ prefix: "a" }, { suffix: "z" }] }, { $or: "abc" })).toBe(true);
    expect(matchesPattern({ $or: ["a"] }, { $or: "a" })).toBe(true);
    expect(matchesPattern({ $or: [{ prefix: "a" }, { suffix: "z" }] }, { prefix: "a" })).toBe(false);
  });

  it("looks into lists of lists, and joins names with dots on either side", () => {
    const pattern = { a: { "b.c": ["x"], d: [1] } };

    expect(matchesPattern(pattern, { a: [[{ b: { c: "x" }, d: 1 }]] })).toBe(true);
    expect(matchesPattern(pattern, { "a.b": { c: "x" }, "a.d": 1 })).toBe(true);
    expect(matchesPattern(pattern, { a: [[{ b: { c: "x" } }], [{ d: 1 }]] })).toBe(false);
  });

  it("wants what is absent to be absent in the element that has the rest", () => {
    const pattern = { items: { a: ["x"], b: [{ exists: false }] } };

    expect(matchesPattern(pattern, { items: [{ a: "x", b: 1 }, { a: "x" }] })).toBe(true);
    expect(matchesPattern(pattern, { items: [{ a: "x", b: 1 }, { a: "y" }] })).toBe(false);
  });

  it.each<[string, unknown]>([
    ["no object", "text"],
    ["an empty object", {}],
    ["a bare value", { source: "a" }],
    ["an empty list", { source: [] }],
    ["an unknown operator", { source: [{ like: "a" }] }],
    ["two operators at once", { source: [{ prefix: "a", suffix: "b" }] }],
    ["a prefix that is no text", { source: [{ prefix: 1 }] }],
    ["half a numeric range", { source: [{ numeric: [">"] }] }],
    ["a number beyond five billion", { source: [{ numeric: ["=", 5_000_000_001] }] }],
    ["a malformed cidr", { source: [{ cidr: "10.0.0.0" }] }],
    ["two stars in a row", { source: [{ wildcard: "a**" }] }],
    ["anything-but nothing", { source: [{ "anything-but": [] }] }],
    ["anything-but texts and numbers", { source: [{ "anything-but": ["a", 2] }] }],
    ["an escape of another character", { source: [{ wildcard: "a\\d" }] }],
    ["an empty condition", { source: [{}] }],
    ["a bottom that is not below the top", { source: [{ numeric: [">", 3, "<", 3] }] }],
    ["a block of one address", { source: [{ cidr: "10.0.0.1/32" }] }],
    ["a negative mask", { source: [{ cidr: "10.0.0.1/-1" }] }],
    ["a wildcard in which too much can match at once", { source: [{ wildcard: "*:*:*:*:*:event-bus/*" }] }],
    [
      "more than a thousand alternatives",
      Object.fromEntries(
        ["a", "b", "c", "d"].map((name) => [
          name,
          { $or: Array.from({ length: 6 }, (_, index) => ({ [String(index)]: ["x"] })) },
        ]),
      ),
    ],
    ["a nested list", { source: [["a"]] }],
  ])("refuses %s", (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });
});

describe("the laws of patterns", () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const condition = fc.oneof(
    fc.string(),
    fc.integer({ min: -100, max: 100 }),
    fc.record({ prefix: fc.string() }),
    fc.record({ suffix: fc.string() }),
    fc.record({ "equals-ignore-case": fc.string() }),
    fc.record({ exists: fc.boolean() }),
  );
  const accepts = (conditions: unknown[], value: unknown) =>
    matchesPattern({ detail: { x: conditions } }, detail(value));

  it("a list of conditions accepts when one of them does", () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1 }), leaf, (conditions, value) => {
        expect(accepts(conditions, value)).toBe(conditions.some((one) => accepts([one], value)));
      }),
    );
  });

  it("a list of values accepts a positive condition when one of them does", () => {
    fc.assert(
      fc.property(condition, fc.array(leaf, { minLength: 1 }), (one, values) => {
        expect(accepts([one], values)).toBe(values.some((value) => accepts([one], value)));
      }),
    );
  });

  it("anything-but is the opposite of a match, for one value that is there", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (wanted, value) => {
        expect(accepts([{ "anything-but": wanted }], value)).toBe(!accepts([wanted], value));
        // AWS refuses `anything-but` with an empty prefix, because every text has it.
        if (wanted === "") return;
        expect(accepts([{ "anything-but": { prefix: wanted } }], value)).toBe(
          !accepts([{ prefix: wanted }], value),
        );
      }),
    );
  });

  it("exactly one of exists and its negation holds", () => {
    fc.assert(
      fc.property(fc.option(fc.jsonValue(), { nil: undefined }), (value) => {
        expect(accepts([{ exists: true }], value)).toBe(!accepts([{ exists: false }], value));
      }),
    );
  });

  it("a dotted name is the same as names within names, on either side", () => {
    const name = fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "c") });
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        leaf,
        fc.nat(3),
        fc.nat(3),
        (path, value, p, e) => {
          /** The first names joined with dots, the others within. */
          const nest = (joined: number, inner: unknown): Record<string, unknown> => {
            const first = path.slice(0, joined + 1).join(".");
            const rest = path.slice(joined + 1);
            return { [first]: rest.reduceRight<unknown>((value, one) => ({ [one]: value }), inner) };
          };

          expect(matchesPattern(nest(p, [value]), nest(e, value))).toBe(true);
          expect(matchesPattern(nest(p, [{ exists: false }]), nest(e, value))).toBe(false);
        },
      ),
    );
  });

  it("a wildcard accepts what its stars were put into", () => {
    const piece = fc.string().filter((text) => !/[*\\]/.test(text));
    fc.assert(
      fc.property(
        // More stars can be too complex for AWS.
        fc.array(fc.tuple(piece.filter(Boolean), fc.string()), { minLength: 1, maxLength: 2 }),
        piece,
        (parts, end) => {
          const wildcard = `${parts.map(([fixed]) => `${fixed}*`).join("")}${end}`;
          const value = `${parts.map(([fixed, filled]) => fixed + filled).join("")}${end}`;
          expect(accepts([{ wildcard }], value)).toBe(true);
        },
      ),
    );
  });

  it("a wildcard without stars is equality", () => {
    const plain = fc.string().filter((text) => !/[*\\]/.test(text));
    fc.assert(
      fc.property(plain, fc.string(), (wildcard, value) => {
        expect(accepts([{ wildcard }], value)).toBe(wildcard === value);
      }),
    );
  });

  it("more fields ask for more", () => {
    fc.assert(
      fc.property(condition, condition, leaf, leaf, (first, second, x, y) => {
        const both = matchesPattern({ x: [first], y: [second] }, { x, y });
        expect(both).toBe(
          matchesPattern({ x: [first] }, { x, y }) && matchesPattern({ y: [second] }, { x, y }),
        );
      }),
    );
  });
});
