import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "#common/errors/fault.ts";
import { jsonFaults } from "#common/json/json.ts";
import { anEvent, NOW, POSTING } from "../testing/posted-event.ts";
import { ruleFaults } from "./event-rules.ts";
import type { PostedEvent } from "./posted-event.ts";
import { PostedEventsSchema as schema } from "./posted-events.schema.ts";
import { makeReadBody } from "./read-body.ts";

const readBody = makeReadBody({ schema, now: () => Date.parse(NOW) });
const caller = { userId: "alice", organizationId: "demo", roles: [], expiresAt: 0 };

const faultsOf = (body: unknown): Fault[] =>
  readBody(typeof body === "string" ? body : JSON.stringify(body), caller).faults;
const placesOf = (body: unknown): string[] => faultsOf(body).map(({ path }) => path);

const texts = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom("😀".repeat(100), "x".repeat(100), "שלום \u202e", "é\u0301", "a\u00a0b"),
);

/** Events without a fault. */
const goodEvents: fc.Arbitrary<PostedEvent> = fc.record(
  {
    eventId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/),
    organizationId: fc.constant("demo"),
    customerId: fc.constantFrom("c1", "Z.9:_-", "c".repeat(100)),
    type: texts,
    description: fc.oneof(texts, fc.constant("😀".repeat(1000))),
    date: fc.constantFrom(NOW, "2025-01-31T13:05:00+01:00", "0001-01-01T00:00:00Z", "2024-02-29T00:00:00.5Z"),
    actor: fc.oneof(texts, fc.constant("a".repeat(255))),
    targets: fc.array(
      fc.record(
        { type: fc.constantFrom("account", "t".repeat(100), "😀"), id: texts, name: texts },
        { requiredKeys: ["type", "id"] },
      ),
      { maxLength: 10 },
    ),
    detail: fc.jsonValue({ depthSize: "medium" }),
  },
  { requiredKeys: ["customerId", "type", "description"] },
) as fc.Arbitrary<PostedEvent>;

const badValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    1,
    "",
    "-",
    "stats",
    "audit",
    "demo",
    "other",
    "a\u0000b",
    "a\u0085b",
    "\ud800",
    "😀".repeat(101),
    "x".repeat(256),
    "x".repeat(1001),
    "😀".repeat(1001),
    "2025-02-29T00:00:00Z",
    "2025-01-31T12:05:00.001Z",
    "2016-12-31T23:59:60Z",
    "yesterday",
    [],
    {},
    [{ type: "account", id: "1" }],
    [{ type: "a:b", id: "1" }],
    [{ type: "account", id: "a\u0000b" }],
    [{ type: "account", id: "1", name: "" }],
    [{ type: "account", id: "1", more: 1 }],
    [{ type: "account", id: "x".repeat(256) }],
    [{ type: "\ud800", id: "1" }],
    [{ id: "1" }],
    Array.from({ length: 11 }, () => ({ type: "account", id: "1" })),
    { a: "\udc00" },
    JSON.parse('{"__proto__":1}'),
    "x".repeat(65_535),
    "é".repeat(33_000),
    Array.from({ length: 20_000 }, () => 1.5),
    JSON.parse(`${"[".repeat(120)}${"]".repeat(120)}`),
  ),
  fc.jsonValue(),
);

const names = [
  "eventId",
  "organizationId",
  "customerId",
  "type",
  "description",
  "date",
  "actor",
  "targets",
  "detail",
  "more",
];

/** Events of which one field or another was spoilt, or was left out; some are still good. */
const spoiltEvents: fc.Arbitrary<unknown> = fc
  .tuple(goodEvents, fc.array(fc.tuple(fc.constantFrom(...names), fc.option(badValues)), { maxLength: 3 }))
  .map(([event, changes]) =>
    Object.fromEntries(
      Object.entries({ ...event, ...Object.fromEntries(changes) }).filter(
        ([name, value]) => value !== null || name === "detail",
      ),
    ),
  );

describe("a posted body", () => {
  it("is taken when every event is good, and is answered as it was parsed", () => {
    fc.assert(
      fc.property(fc.oneof(goodEvents, fc.array(goodEvents, { minLength: 1 })), (body) => {
        const text = JSON.stringify(body);
        // Random values hit the one type and the one field name that are refused.
        fc.pre(!text.includes('"audit"') && !text.includes('"__proto__"'));
        expect(readBody(text, caller)).toEqual({ value: JSON.parse(text), faults: [] });
      }),
    );
  });

  it("is taken exactly when schema, rules and JSON find no fault", () => {
    const bodies = fc.oneof(spoiltEvents, fc.array(spoiltEvents, { maxLength: 4 }), fc.jsonValue());
    let good = 0;
    fc.assert(
      fc.property(bodies, (body) => {
        const faults = [...jsonFaults(body), ...schema.faults(body), ...ruleFaults(body, POSTING)];
        good += Number(faults.length === 0);
        expect(faultsOf(JSON.stringify(body)).length === 0, JSON.stringify(faults[0])).toBe(
          faults.length === 0,
        );
      }),
      { numRuns: 2000 },
    );
    expect(good).toBeGreaterThan(100);
  });

  it("takes 500 events and refuses none and 501", () => {
    expect(faultsOf(Array.from({ length: 500 }, () => anEvent()))).toEqual([]);
    expect(faultsOf([])).toEqual([{ path: "", message: "must have at least 1 items, got an array of 0" }]);
    expect(placesOf(Array.from({ length: 501 }, () => anEvent()))).toEqual([""]);
  });

  it("has each fault of each event named by index, and those of a single event without", () => {
    const bad = {
      customerId: "-",
      type: "audit",
      date: "2025-02-29T00:00:00Z",
      organizationId: "x",
      more: 1,
    };
    const faults = ["/more", "/description", "/customerId", "/type", "/date", "/organizationId"].sort();

    expect(placesOf(bad).sort()).toEqual(faults);
    const batch = Array.from({ length: 500 }, (_, index) => (index === 123 ? bad : anEvent()));
    expect(placesOf(batch).sort()).toEqual(faults.map((path) => `/123${path}`));
  });

  it.each([
    ["eventId", "stats"],
    ["eventId", "-a"],
    ["eventId", ""],
    ["customerId", "-"],
    ["customerId", "current"],
    ["organizationId", "other"],
    ["type", "audit"],
    ["type", "a\nb"],
    ["type", ""],
    ["type", "😀".repeat(101)],
    ["description", "\u007f"],
    ["description", "x".repeat(1001)],
    ["actor", "\u0080"],
    ["actor", null],
    ["date", "2025-01-31T12:05:00.001Z"],
    ["date", "2016-12-31T23:59:60Z"],
    ["date", "yesterday"],
    ["detail", "x".repeat(65_535)],
  ] as const)("with a bad %s has one fault there (%#)", (name, value) => {
    expect(placesOf({ ...anEvent(), [name]: value })).toEqual([`/${name}`]);
  });

  it.each([
    ["type", "😀".repeat(100)],
    ["type", "שלום \u202e"],
    ["description", "é".repeat(1000)],
    ["date", "2025-01-31T12:05:00.000Z"],
    ["date", "2025-01-31T14:05:00.000+02:00"],
    ["date", "0001-01-01T00:00:00Z"],
    ["detail", null],
    ["detail", "x".repeat(65_534)],
    ["detail", { "😀": [[], {}, -0, 0.1, 1e21, 123456789012345] }],
  ] as const)("with a good %s has none (%#)", (name, value) => {
    expect(faultsOf({ ...anEvent(), [name]: value })).toEqual([]);
  });

  it.each([
    "12345678901234567890",
    "9007199254740993",
    "0.12345678901234567890",
    "1e400",
    "-1e-400",
    "123456789012345678e-400",
    "1e0400",
  ])("is refused for the number %s, which would not be kept as it was sent", (number) => {
    const text = JSON.stringify(anEvent({ detail: { "a/b": [0, "?"] } })).replace('"?"', number);

    expect(faultsOf(text)).toMatchObject([
      { path: "/detail/a~1b/1", message: expect.stringContaining("send it as a string") },
    ]);
  });

  it.each([
    "9007199254740992",
    "1000000000000000000000",
    "0.1000000000000000000",
    "5e-324",
    "1E+100",
    "-0.0",
  ])("is taken with the number %s, which a double keeps", (number) => {
    expect(faultsOf(JSON.stringify(anEvent({ detail: ["?"] })).replace('"?"', number))).toEqual([]);
  });

  it("is taken with many digits inside a text", () => {
    expect(faultsOf(anEvent({ detail: { card: "12345678901234567890", more: [1.5] } }))).toEqual([]);
  });

  it("is refused for depth, __proto__ and lone surrogates at their places, and faults elsewhere are named too", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const text = JSON.stringify({ ...anEvent(), type: "audit", detail: "?" }).replace('"?"', `{"a":${deep}}`);

    expect(placesOf(text)).toContain("/type");
    expect(placesOf('[{"__proto__":1,"type":"\\ud800"}]')).toEqual(
      expect.arrayContaining(["/0/__proto__", "/0/type", "/0/customerId", "/0/description"]),
    );
  });

  it("is refused for a field that stands twice, in a batch at its place", () => {
    const [one, two] = [JSON.stringify(anEvent()), JSON.stringify(anEvent({ detail: { a: 1 } }))];

    expect(faultsOf(`[${one},${two.replace('"a":1', '"a":1,"a":2')}]`)).toEqual([
      { path: "/1/detail/a", message: "must stand only once in its object" },
    ]);
  });

  it("that is no JSON throws BODY_NOT_JSON", () => {
    for (const text of ["", "{", "undefined", "\ufeff{}"]) {
      expect(() => readBody(text, caller)).toThrow(expect.objectContaining({ code: "BODY_NOT_JSON" }));
    }
  });
});
