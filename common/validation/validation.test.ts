import fc from "fast-check";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { type Fault, FaultList } from "#common/errors/fault.ts";
import { DEPTH_MAX, jsonFaults, parseJson } from "#common/json/json.ts";
import { checkSource } from "./compile.ts";
import { queryValidator, validator } from "./schema.ts";

/** What stands at a JSON pointer (RFC 6901). */
const at = (root: unknown, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((value, name) => Object.entries(value ?? {}).find(([own]) => own === name)?.[1], root);

const parseFaults = (text: string): Fault[] => parseJson(text).faults;
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("the faults of JSON", () => {
  it("are none for any JSON that is well-formed and shallow", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: "grapheme" }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('"__proto__"'));

        expect(parseFaults(text)).toEqual([]);
      }),
    );
  });

  it("name the very place of a lone surrogate, under any names", () => {
    const name = fc.oneof(fc.constantFrom("~", "/", "~1", "~0", "", "a/b~c", "0"), fc.string());
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 8 }),
        fc.constantFrom("\ud800", "x\udfff", "\udc00y"),
        (names, bad) => {
          fc.pre(!names.includes("__proto__"));
          const root = names.reduceRight<unknown>((value, key) => ({ [key]: value, beside: "good" }), bad);

          const faults = jsonFaults(root);

          // A name that is `beside` itself puts the good text in the bad one's place.
          fc.pre(faults.length === 1);
          expect(at(root, faults[0]?.path ?? "")).toBe(bad);
        },
      ),
    );
  });

  it("name a lone surrogate in a name, and __proto__ at any depth", () => {
    expect(parseFaults(String.raw`{"a":{"\ud800":1},"b":[{"__proto__":{}}]}`).toSorted(byPath)).toEqual([
      { path: "/a/\ufffd", message: "must not have a lone surrogate in its name" },
      { path: "/b/0/__proto__", message: "must not be used as a field's name" },
    ]);
  });

  it("begin one level below the deepest that may be", () => {
    expect(parseFaults(nested(DEPTH_MAX))).toEqual([]);
    expect(parseFaults(nested(DEPTH_MAX + 1))).toEqual([
      { path: "/0".repeat(DEPTH_MAX), message: `must not be nested deeper than ${DEPTH_MAX} levels` },
    ]);
  });

  it("are found in 100,000 levels without running out of stack", () => {
    expect(parseFaults(nested(100_000))).toHaveLength(1);
    expect(parseFaults(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)).toHaveLength(1);
  });

  it("stay small however long the names and however many the faults", () => {
    const surrogates = Array(50_000).fill("\ud800");
    const faults = jsonFaults({ [`long${"x".repeat(500_000)}`]: surrogates });

    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(1_200_000);
    expect(JSON.stringify(jsonFaults(surrogates)).length).toBeLessThan(200_000);
  });

  it.each(["", " ", "\n", "{", "nul", "{'a':1}", "[1,]", "\ufeff{}", '{"a":1}x', "NaN"])(
    "of what is no JSON (%j) do not repeat it",
    (text) => {
      expect(() => parseJson(text)).toThrow(expect.not.objectContaining({ cause: expect.anything() }));
    },
  );
});

const byPath = (a: Fault, b: Fault) => (a.path + a.message < b.path + b.message ? -1 : 1);

describe("a list of faults", () => {
  it("holds each once, in order, and stops at a thousand", () => {
    const list = new FaultList();

    for (let index = 0; index < 1_100; index += 1) list.add({ path: `/${index}`, message: "bad" });
    list.add({ path: "/0", message: "bad" });

    expect(list.faults).toHaveLength(1_000);
    expect(list.full).toBe(true);
    expect(list.faults[1]).toEqual({ path: "/1", message: "bad" });
  });
});

const Everything = Type.Object(
  {
    "a/b~c": Type.String({ minLength: 2, maxLength: 4 }),
    count: Type.Integer({ minimum: 1, maximum: 5 }),
    kind: Type.Union([Type.Literal("x"), Type.Literal("y")]),
    id: Type.Optional(Type.String({ format: "uuid" })),
    at: Type.Optional(Type.String({ format: "date-time" })),
    list: Type.Array(Type.Object({ n: Type.Number() }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: 2,
    }),
    word: Type.Optional(Type.String({ pattern: "^[a-z]+$" })),
  },
  { additionalProperties: false },
);

const Query = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 25 }),
    deep: Type.Optional(Type.Boolean()),
    name: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

describe("a validator", () => {
  it("names every fault at once, each with its pointer, without repeating texts that came", () => {
    const given = {
      "a/b~c": "secret-text",
      count: 9,
      kind: "z",
      id: "no",
      at: "yesterday",
      list: [{ n: "secret" }, { n: 1, m: 2 }, {}],
      word: "9",
      "o~d/d": 1,
    };

    const faults = validator(Everything).faults(given);

    expect(faults.toSorted(byPath)).toEqual(
      [
        { path: "/a~1b~0c", message: "must have at most 4 characters, got a string of 11" },
        { path: "/at", message: "must be a valid date-time, for example 2025-01-31T12:00:00Z" },
        { path: "/count", message: "must be at most 5, got 9" },
        { path: "/id", message: "must be a valid uuid" },
        { path: "/kind", message: 'must be "x"' },
        { path: "/kind", message: 'must be "y"' },
        { path: "/list", message: "must have at most 2 items, got an array of 3" },
        { path: "/list/0/n", message: "must be number, got a string of 6" },
        { path: "/list/1/m", message: "is not a known field" },
        { path: "/list/2/n", message: "is required" },
        { path: "/o~0d~1d", message: "is not a known field" },
        { path: "/word", message: 'must match pattern "^[a-z]+$", got a string of 1' },
      ].toSorted(byPath),
    );
    expect(JSON.stringify(faults)).not.toContain("secret");
  });

  it("makes numbers and booleans of a query's texts and fills in defaults", () => {
    expect(queryValidator(Query).parse({ limit: "7", deep: "true" })).toEqual({ limit: 7, deep: true });
    expect(queryValidator(Query).parse({})).toEqual({ limit: 25 });
    expect(queryValidator(Query).faults({ limit: ["1", "2"], deep: "perhaps", other: "x" })).toHaveLength(3);
    expect(queryValidator(Query).faults({ limit: "" })).toHaveLength(1);
  });

  it("does not make numbers of a body's texts", () => {
    expect(validator(Query).faults({ limit: "7" })).toEqual([
      { path: "/limit", message: "must be integer, got a string of 1" },
    ]);
  });

  it("remembers nothing of the value before", () => {
    const check = validator(Everything);
    const good = { "a/b~c": "abc", count: 1, kind: "x", list: [{ n: 1 }] };

    expect(check.faults({}).length).toBeGreaterThan(0);
    expect(check.check(good)).toEqual({ ok: true, value: good });
  });
});

describe("source of a compiled check", () => {
  it("needs nothing but ajv's own small runtime", () => {
    for (const from of ["body", "query"] as const) {
      const wanted = [...checkSource(Everything, from).matchAll(/require\("([^"]+)"\)|from "([^"]+)"/g)];

      for (const [, required, imported] of wanted) {
        expect(required ?? imported).toMatch(/^ajv\/dist\/runtime\//);
      }
    }
  });
});
