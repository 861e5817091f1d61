import { asks, but, type PatternFact, range } from "./pattern-fact.ts";

const ANYTHING_BUT_REASON = "Value of anything-but must be an array or single string/number value.";
const IGNORE_CASE_REASON =
  "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
const AFFIX_REASON = "prefix/suffix match pattern must be a string";

export const REFUSED_PATTERNS: PatternFact[] = [
  ["a number that is in no list", { int: 42 }, {}, '"int" must be an object or an array'],
  ["a text that is in no list", { string: "my-value" }, {}, '"string" must be an object or an array'],
  ["an empty list", { resources: [] }, {}, "Empty arrays are not allowed"],
  ["an operator in another case", { key: [{ EXISTS: true }] }, {}, "Unrecognized match type EXISTS"],
  ["a numeric operator in another case", asks({ NUMERIC: ["=", 5] }), {}, "Unrecognized match type NUMERIC"],
  ["two bottoms of a range", asks({ numeric: [">", 0, ">", 0] }), {}, "Bad numeric range operator: >"],
  ["a range without its top", asks({ numeric: [">", 0, "<"] }), {}, "Value of < must be numeric"],
  [
    "five stars around a colon",
    { EventBusArn: [{ wildcard: "*:*:*:*:*:event-bus/*" }] },
    {},
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
  ],
  [
    "two stars in a row",
    { EventBusArn: [{ wildcard: "arn:aws:events:us-east-1:**:event-bus/*" }] },
    {},
    "Consecutive wildcard characters at pos 26",
  ],
  ["a wildcard that is a number", asks({ wildcard: 123 }), {}, "wildcard match pattern must be a string"],
  ["a list of wildcards", asks({ wildcard: ["a*"] }), {}, "wildcard match pattern must be a string"],
  [
    "any case of a list",
    asks({ "equals-ignore-case": ["a"] }),
    {},
    "equals-ignore-case match pattern must be a string",
  ],
  [
    "any case of an object",
    asks({ "equals-ignore-case": { prefix: "a" } }),
    {},
    "equals-ignore-case match pattern must be a string",
  ],
  ["a prefix that is a number", { time: [{ prefix: 123 }] }, {}, "prefix match pattern must be a string"],
  ["a list of prefixes", { time: [{ prefix: ["2022-07-13"] }] }, {}, "prefix match pattern must be a string"],
  ["a suffix that is a number", asks({ suffix: 123 }), {}, "suffix match pattern must be a string"],
  ["a list of suffixes", asks({ suffix: [".png"] }), {}, "suffix match pattern must be a string"],
  ["no block of addresses", range("bad-filter"), {}, "Malformed CIDR, one '/' required"],
  ["a mask that is no number", range("bad-/64filter"), {}, "Malformed CIDR, mask bits must be an integer"],
  ["no address", range("xx.11.xx/8"), {}, "Nonstandard IP address: xx.11.xx"],
  [
    "no address of version 6",
    range("xxxx:db8:1234:1a00::/64"),
    {},
    "Nonstandard IP address: xxxx:db8:1234:1a00::",
  ],
  ["a list of blocks", range(["bad-type"]), {}, "prefix match pattern must be a string"],
  ["but any case of a number", but({ "equals-ignore-case": 123 }), {}, IGNORE_CASE_REASON],
  ["but any case of numbers", but({ "equals-ignore-case": [123, 456] }), {}, IGNORE_CASE_REASON],
  ["but a prefix that is a number", but({ prefix: 123 }), {}, AFFIX_REASON],
  ["but prefixes of which one is a number", but({ prefix: [123, "test"] }), {}, AFFIX_REASON],
  ["but a prefix in any case", but({ prefix: { "equals-ignore-case": "file" } }), {}, ANYTHING_BUT_REASON],
  ["but a suffix that is a number", but({ suffix: 123 }), {}, AFFIX_REASON],
  ["but suffixes of which one is a number", but({ suffix: [123, ".txt"] }), {}, AFFIX_REASON],
  ["but a suffix in any case", but({ suffix: { "equals-ignore-case": ".png" } }), {}, ANYTHING_BUT_REASON],
  ["but a wildcard that is a number", but({ wildcard: 123 }), {}, "wildcard match pattern must be a string"],
  [
    "but wildcards of which one is a number",
    but({ wildcard: [123, "*/dir/*"] }),
    {},
    "wildcard match pattern must be a string",
  ],
  // The corpus says only that AWS refuses these patterns. The messages are those of the matcher that AWS
  // publishes.
  ["but an empty prefix", but({ prefix: "" }), {}, "Null prefix/suffix not allowed"],
  ["but an empty suffix", but({ suffix: "" }), {}, "Null prefix/suffix not allowed"],
  ["but suffixes of which one is null", but({ suffix: [null, ".txt"] }), {}, AFFIX_REASON],
  ["but null", but(null), {}, ANYTHING_BUT_REASON],
  [
    "but texts of which one is null",
    but(["stopped", null]),
    {},
    "Inside anything but list, start|null|boolean is not supported.",
  ],
];
