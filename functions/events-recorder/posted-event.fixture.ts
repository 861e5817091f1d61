import fc from "fast-check";
import type { PostedEvent } from "./posted-event.ts";

export const NOW = "2025-01-31T12:00:00.000Z";
export const POSTING = { organizationId: "demo", nowMs: Date.parse(NOW) };

export const anEvent = (more: Partial<PostedEvent> = {}): PostedEvent => ({
  customerId: "c1",
  type: "account_opened",
  description: "Savings account opened",
  ...more,
});

const texts = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom("😀".repeat(100), "x".repeat(100), "שלום \u202e", "é\u0301", "a\u00a0b"),
);

/** Events without a fault. */
export const goodEvents: fc.Arbitrary<PostedEvent> = fc.record(
  {
    eventId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/),
    organizationId: fc.constant("demo"),
    customerId: fc.constantFrom("c1", "Z.9:_-", "c".repeat(100)),
    type: texts,
    description: fc.oneof(texts, fc.constant("😀".repeat(1000))),
    date: fc.constantFrom(NOW, "2025-01-31T13:05:00+01:00", "0001-01-01T00:00:00Z", "2024-02-29T00:00:00.5Z"),
    actor: fc.oneof(texts, fc.constant("a".repeat(255))),
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
  "detail",
  "more",
];

/** Events of which one field or another was spoilt, or was left out; some are still good. */
export const spoiltEvents: fc.Arbitrary<unknown> = fc
  .tuple(goodEvents, fc.array(fc.tuple(fc.constantFrom(...names), fc.option(badValues)), { maxLength: 3 }))
  .map(([event, changes]) =>
    Object.fromEntries(
      Object.entries({ ...event, ...Object.fromEntries(changes) }).filter(
        ([name, value]) => value !== null || name === "detail",
      ),
    ),
  );
