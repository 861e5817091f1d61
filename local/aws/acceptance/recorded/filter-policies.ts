/**
 * What AWS answered about filter policies: facts from LocalStack's public corpus of recorded answers
 * (localstack/localstack, tests/aws/services/sns), each named for what it shows.
 */
type Scope = "MessageAttributes" | "MessageBody";

const names = (count: number) => Array.from({ length: count }, (_, index) => `value${index}`);

/** Policies that Subscribe refuses, and why. */
type RefusedPolicy = [name: string, policy: object, reason: string, scope?: Scope];
export const REFUSED_POLICIES: readonly RefusedPolicy[] = [
  ["a list in a list", { key: [["value"]] }, "Match value must be String, number, true, false, or null"],
  ["an unknown operator", { key: [{ "wrong-operator": true }] }, "Unrecognized match type wrong-operator"],
  [
    "two operators",
    { key: [{ suffix: "value", prefix: "value2" }] },
    "Only one key allowed in match expression",
  ],
  ["a suffix that is a number", { key: [{ suffix: 100 }] }, "suffix match pattern must be a string"],
  ["a suffix that is null", { key: [{ suffix: null }] }, "suffix match pattern must be a string"],
  ["an operator in no list", { key: { suffix: "value" } }, '"suffix" must be an object or an array'],
  [
    "two operators in no list",
    { key: { suffix: "value", prefix: "value" } },
    '"suffix" must be an object or an array',
  ],
  [
    "a name in no list",
    { key: { "not-an-operator": "value" } },
    '"not-an-operator" must be an object or an array',
  ],
  ["a text in no list", { key_a: "value_one" }, '"key_a" must be an object or an array', "MessageBody"],
  ["an empty list of suffixes", { key: [{ suffix: [] }] }, "suffix match pattern must be a string"],
  ["a list of suffixes", { key: [{ suffix: ["test", "test2"] }] }, "suffix match pattern must be a string"],
  ["no numeric term", { key: [{ numeric: [] }] }, "Invalid member in numeric match: ]"],
  [
    "a numeric term that is none",
    { key: [{ numeric: ["operator"] }] },
    "Unrecognized numeric range operator: operator",
  ],
  ["the number before the operator", { key: [{ numeric: [1, "<="] }] }, "Invalid member in numeric match: 1"],
  ["equal to a text", { key: [{ numeric: ["=", "000"] }] }, "Value of equals must be numeric"],
  ["a bottom without its number", { key: [{ numeric: [">="] }] }, "Value of >= must be numeric"],
  [
    "the top before the bottom",
    { key: [{ numeric: ["<", 100, ">", 10] }] },
    "Too many elements in numeric expression",
  ],
  ["two bottoms", { key: [{ numeric: [">=", 1, ">", 2] }] }, "Bad numeric range operator: >"],
  ["a bottom above the top", { key: [{ numeric: [">", 3, "<", 1] }] }, "Bottom must be less than top"],
  ["a top without its number", { key: [{ numeric: [">", 20, "<="] }] }, "Value of <= must be numeric"],
  ["a top without its operator", { key: [{ numeric: [">", 20, 30] }] }, "Bad value in numeric range: 30"],
  ["a top that is none", { key: [{ numeric: [">", 20, "test"] }] }, "Bad numeric range operator: test"],
  ["a bottom that is a text", { key: [{ numeric: [">", "20", "<", "30"] }] }, "Value of > must be numeric"],
  ["a top that is a text", { key: [{ numeric: [">", 20, "<", "30"] }] }, "Value of < must be numeric"],
  [
    "two tops",
    { key: [{ numeric: [">", 20, "<", 30, "<", 50] }] },
    "Too many terms in numeric range expression",
  ],
  ["existence of null", { key: [{ exists: null }] }, "exists match pattern must be either true or false."],
  ["existence of a text", { key: [{ exists: "no" }] }, "exists match pattern must be either true or false."],
  [
    "anything but the unknown",
    { key: [{ "anything-but": { "wrong-operator": null } }] },
    "Unsupported anything-but pattern: wrong-operator",
  ],
  [
    "anything but a suffix",
    { key: [{ "anything-but": { suffix: "test" } }] },
    "Unsupported anything-but pattern: suffix",
  ],
  [
    "anything but existence",
    { key: [{ "anything-but": { exists: false } }] },
    "Unsupported anything-but pattern: exists",
  ],
  [
    "anything but a prefix that is a boolean",
    { key: [{ "anything-but": { prefix: false } }] },
    "prefix match pattern must be a string",
  ],
  ["151 values", { key: names(151) }, "Filter policy is too complex"],
  ["100 times 51 values", { key1: names(100), key2: names(51) }, "Filter policy is too complex"],
  [
    "six keys",
    Object.fromEntries(names(6).map((name) => [name, ["x"]])),
    "Filter policy can not have more than 5 keys",
  ],
  [
    "216 combinations by depth",
    { a: { b: { c: names(4) } }, d: { e: names(3) }, f: names(3) },
    "Filter policy is too complex",
    "MessageBody",
  ],
  [
    "152 combinations of alternatives",
    {
      source: names(4),
      $or: [{ metric: names(6) }, { type: names(4), $or: [{ id: [1, 2, 3, 4] }, { space: [1, 2, 3, 4] }] }],
    },
    "Filter policy is too complex",
  ],
  [
    "160 combinations of alternatives by depth",
    {
      $or: [{ metric: names(3) }, { namespace: names(2) }],
      detail: { scope: names(2), $or: [{ source: names(1) }, { type: names(3) }] },
    },
    "Filter policy is too complex",
    "MessageBody",
  ],
];

/** A policy of exactly 150 combinations, and others that Subscribe takes. */
export const TAKEN_POLICIES: readonly (readonly [name: string, policy: object])[] = [
  [
    "150 combinations",
    {
      source: names(3),
      $or: [{ metric: names(6) }, { type: names(4), $or: [{ id: names(4) }, { space: names(7) }] }],
    },
  ],
  ["anything but a prefix", { key: [{ "anything-but": { prefix: "test-" } }] }],
  ["anything but texts", { key: [{ "anything-but": ["test", "test2"] }] }],
  ["anything but a text", { key: [{ "anything-but": "test" }] }],
];

type BodyFact = readonly [name: string, policy: object, taken: readonly unknown[], left: readonly unknown[]];

const ALERT = "CloudWatch Alarm State Change";
const created = (key: string, eventName: string) => ({ Records: [{ eventName, s3: { object: { key } } }] });

/** Bodies that match a policy of scope MessageBody, and bodies that do not. */
export const BODY_FILTERS: readonly BodyFact[] = [
  [
    "nested keys, and absence",
    {
      object: { key: [{ prefix: "auto-" }, "fixed"], nested_key: [{ exists: false }] },
      test: [{ exists: false }],
    },
    [{ object: { key: "auto-test" } }, { object: { key: "fixed" } }],
    [
      { object: { key: "test-auto" } },
      { object: { key: "auto-test" }, test: "there" },
      { object: { key: "auto-test", nested_key: "there" } },
      { object: { test: "auto-test" } },
      { test: "auto-test" },
      "a text of JSON",
    ],
  ],
  [
    "a dotted key",
    { "object.nested": ["value"] },
    [{ object: { nested: "value" } }, { "object.nested": "value" }],
    [{ object: { nested: "other" } }],
  ],
  [
    "a key with two dots",
    { "object.nested.test": ["value"] },
    [
      { object: { nested: { test: "value" } } },
      { "object.nested.test": "value" },
      { "object.nested": { test: "value" } },
      { object: { "nested.test": "value" } },
    ],
    [{ object: { nested: { test: "other" } } }],
  ],
  [
    "one value of a list",
    { headers: { "route-to": ["queue1"] } },
    [{ headers: { "route-to": ["queue1"] } }, { headers: { "route-to": ["queue1", "queue2"] } }],
    [{ headers: { "route-to": ["queue3"] } }, { headers: { "route-to": ["queue2"] } }],
  ],
  [
    "objects of a list, and of a list of lists",
    {
      Records: { s3: { object: { key: [{ prefix: "auto-" }] } }, eventName: [{ prefix: "ObjectCreated:" }] },
    },
    [
      created("auto-1.xml", "ObjectCreated:Put"),
      {
        Records: [
          { eventName: "ObjectCreated:Put", s3: { object: [[{ key: "auto-1.xml", size: 17 }]] } },
          { eventName: "ObjectRemoved:Delete", s3: { object: { key: "home-1.xml", size: 17 } } },
        ],
      },
    ],
    [created("auto-1.xml", "ObjectRemoved:Delete"), created("home-1.xml", "ObjectCreated:Put")],
  ],
  [
    "alternatives at two depths",
    {
      $or: [{ metric: ["CPU", "Latency"] }, { namespace: ["EC2", "ES"] }],
      detail: { scope: ["Service"], $or: [{ source: ["aws.cloudwatch"] }, { type: [ALERT] }] },
    },
    [
      { metric: "CPU", detail: { scope: "Service", source: "aws.cloudwatch" } },
      { metric: "Latency", detail: { scope: "Service", source: "aws.cloudwatch" } },
      { namespace: "EC2", detail: { scope: "Service", source: "aws.cloudwatch" } },
      { namespace: "ES", detail: { scope: "Service", source: "aws.cloudwatch" } },
      { metric: "CPU", detail: { scope: "Service", type: ALERT } },
    ],
    [
      { metric: "CPU", detail: { scope: "aws.cloudwatch", type: ALERT } },
      { metric: "CPU", detail: { scope: "Service", type: "CPU" } },
      { metric: "CPU", detail: { type: ALERT } },
      { metric: "CPU", detail: { scope: "Service" } },
      { metric: "CPU", scope: "Service" },
    ],
  ],
];
