import { gzipSync } from "node:zlib";
import type { Draft } from "./draft.ts";
import type { Spoil } from "./spoil-address.ts";
import { integerFrom, oneOf, type Random } from "./values.ts";

const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e21,
    0.1,
    "",
    " ",
    "a\u0000b",
    "\u0085",
    "\ud800",
    "a\ufffd",
    "__proto__",
    "audit",
    "-",
  ],
  ...[
    "other-organization",
    "2025-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "x".repeat(101),
    "é".repeat(1_001),
  ],
  ...["x".repeat(70_000), [], {}, [[]], [null], { $gt: "" }, "stats", "a@b", "=1+1"],
];

/** JSON that `JSON.stringify` does not write, to stand for a value. */
const ODD_JSON: readonly string[] = [
  '{"a":1,"a":2}',
  '{"a":{"b":1,"\\u0062":2}}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  `${"[".repeat(99)}${"]".repeat(99)}`,
  `${"[".repeat(101)}${"]".repeat(101)}`,
  `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
  "1e400",
  "-1e400",
  "1".repeat(400),
  "0.1000000000000000000000000000001",
  "12345678901234567890",
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '{"\\ud800":1}',
  "NaN",
  "01",
  "'x'",
  "[1,]",
];

const objectsIn = (value: unknown, found: Record<string, unknown>[] = []): Record<string, unknown>[] => {
  if (typeof value !== "object" || value === null) return found;
  if (!Array.isArray(value)) found.push(value as Record<string, unknown>);
  for (const inner of Object.values(value)) objectsIn(inner, found);
  return found;
};

/** Changes one object somewhere in the body's value. */
const inObject =
  (change: (object: Record<string, unknown>, random: Random) => void): Spoil =>
  (draft, random) => {
    const objects = objectsIn(draft.value);
    if (objects.length > 0) change(oneOf(random, objects), random);
  };

const nameIn = (object: Record<string, unknown>, random: Random): string =>
  oneOf(random, [...Object.keys(object), "more"]);

const bytesOf = ({ value, bytes }: Draft): Buffer => bytes ?? Buffer.from(JSON.stringify(value ?? {}));

/** Changes the body's bytes. */
const inBytes =
  (change: (bytes: Buffer, random: Random) => Buffer): Spoil =>
  (draft, random) => {
    draft.bytes = change(bytesOf(draft), random);
  };

const MARK = "c3a4f1-here";

export const BODY_SPOILS: readonly Spoil[] = [
  inObject((object, random) => {
    object[nameIn(object, random)] = oneOf(random, ODD_VALUES);
  }),
  inObject((object, random) => {
    delete object[nameIn(object, random)];
  }),
  inObject((object, random) => {
    object[String(oneOf(random, ODD_VALUES))] = 1;
  }),
  (draft, random) => {
    draft.value = oneOf(random, [...ODD_VALUES, [draft.value], { data: draft.value }]);
  },
  (draft, random) => {
    draft.value = Array.from({ length: oneOf(random, [2, 500, 501]) }, () => draft.value);
  },
  (draft, random) => {
    const [object] = objectsIn(draft.value);
    if (!object) return;
    object[nameIn(object, random)] = MARK;
    draft.bytes = Buffer.from(
      JSON.stringify(draft.value).replaceAll(`"${MARK}"`, () => oneOf(random, ODD_JSON)),
    );
  },
  (draft, random) => {
    draft.bytes = Buffer.from(
      oneOf(random, [...ODD_JSON, "", " ", "\u0000", "{", '{"a"', "<x/>", "a=1&b=2"]),
    );
  },
  inBytes((bytes, random) => bytes.subarray(0, integerFrom(random, 0, bytes.length))),
  inBytes((bytes, random) => {
    const spoilt = Buffer.from(bytes);
    if (spoilt.length > 0) spoilt[integerFrom(random, 0, spoilt.length - 1)] = integerFrom(random, 0, 255);
    return spoilt;
  }),
  inBytes((bytes, random) =>
    Buffer.concat([
      oneOf(random, [Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from([0xff, 0xfe]), Buffer.from("\n\t ")]),
      bytes,
    ]),
  ),
  inBytes((bytes, random) =>
    Buffer.concat([
      bytes,
      oneOf(random, [Buffer.from("x"), bytes, Buffer.alloc(1_100_000, " "), Buffer.from([0])]),
    ]),
  ),
  inBytes((bytes) => Buffer.from(bytes.toString("utf8"), "utf16le")),
  (draft) => {
    draft.bytes = gzipSync(bytesOf(draft));
    draft.headers.push(["content-encoding", "gzip"]);
  },
];
