import type { Spoil } from "./spoil-address.ts";
import { oneOf } from "./values.ts";

/** What is sent in place of an administrator's token; `soak-api.ts` makes them. */
export const TOKENS = [
  ..."admin reader writer bob large other-organization no-roles no-organization".split(" "),
  ..."none empty garbage altered unsigned basic twice long".split(" "),
] as const;

const CONTENT_TYPES: readonly string[] = [
  ..."text/plain application/xml multipart/form-data application/x-www-form-urlencoded x".split(" "),
  "application/json; charset=utf-16",
  "",
];

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ["accept", "text/html"],
  ["accept", "image/*;q=0"],
  ["accept-encoding", "br, gzip"],
  ["if-match", '"x"'],
  ["if-match", "x"],
  ["if-none-match", "*"],
  ["range", "bytes=0-1"],
  ["x-http-method-override", "DELETE"],
  ["x-forwarded-for", "10.0.0.1"],
  ["x-forwarded-host", "example.org"],
  ["x-api-key", "other"],
  ["x-amzn-trace-id", "Root=x"],
  ["x-request-id", "mine"],
  ["origin", "https://example.org"],
  ["cookie", "a=b"],
  ["content-encoding", "gzip"],
  ["x-transaction-id", "a b"],
  ["x-transaction-id", "\u00e9"],
  ["x-transaction-id", "x".repeat(300)],
  ["x-transaction-id", ""],
  ["__proto__", "x"],
  ["constructor", "x"],
  ["x-large", "x".repeat(9_000)],
  ["x-large", "x".repeat(20_000)],
];

const KEYS: readonly string[] = [
  "",
  " ",
  "a b",
  "x".repeat(255),
  "x".repeat(256),
  "\u00e9",
  "same",
  "same",
  "\t",
];

export const HEADER_SPOILS: readonly Spoil[] = [
  (draft, random) => {
    draft.token = oneOf(random, TOKENS);
  },
  (draft, random) => {
    draft.headers = draft.headers.filter(([name]) => name !== "content-type");
    draft.headers.push(["content-type", oneOf(random, CONTENT_TYPES)]);
  },
  (draft, random) => {
    const [name, value] = oneOf(random, ODD_HEADERS);
    draft.headers.push([name, value]);
  },
  (draft, random) => {
    draft.headers.push(["idempotency-key", oneOf(random, KEYS)]);
  },
  (draft) => {
    const [last] = draft.headers.slice(-1);
    if (last) draft.headers.push([...last]);
  },
];
