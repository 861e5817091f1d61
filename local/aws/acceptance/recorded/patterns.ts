import { ANYTHING_BUT } from "./anything-but.ts";
import { address, asks, detail, type PatternFact, range, state } from "./pattern-fact.ts";
import { REFUSED_PATTERNS } from "./refused-patterns.ts";

const ARN = "arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f";
const INSTANCES = { resources: [ARN, "arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f"] };
const BUS = { EventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/myEventBus" };
const MIXED = { state: "processing", count: 3, limit: 9, total: 999 };
const CHANGE = "EC2 Instance State-change Notification";

const image = (value: object) => ({ dynamodb: { NewImage: { homemade: value } } });
const number = (value: unknown) => ({ number: value });
const numbers = (count: unknown, limit: unknown, total: unknown) => detail({ count, limit, total });
const RANGES = detail({
  count: [{ numeric: [">", 0, "<=", 5] }],
  limit: [{ numeric: ["<", 10] }],
  total: [{ numeric: ["=", 3.018e2] }],
});
const ONE_OF_RANGES = detail({
  $or: [
    { count: [{ numeric: [">", 0, "<=", 5] }] },
    { limit: [{ numeric: ["<", 10] }] },
    { total: [{ numeric: ["=", 3.018e2] }] },
  ],
});
const MANY = detail({
  state: [{ "anything-but": "initializing" }],
  count: [{ numeric: [">", 0, "<=", 5] }],
  limit: [{ numeric: ["<", 10] }],
  total: [{ "anything-but": [100, 200, 300] }],
});

const VALUES: PatternFact[] = [
  ["a text", { text: ["my-value"] }, { text: "my-value" }, true],
  ["the envelope", { id: ["1"] }, {}, true],
  ["two fields", { source: ["test-source"], "detail-type": ["test-detail-type"] }, {}, true],
  ["a boolean", { boolean: [true] }, { boolean: true }, true],
  ["another boolean", { boolean: [false] }, { boolean: true }, false],
  ["an empty text", detail({ version: [""] }), detail({ version: "" }), true],
  ["null", detail({ elements: [null] }), detail({ elements: null }), true],
  ["null is not the text null", detail({ elements: [null] }), detail({ elements: "null" }), false],
  ["names by their case", { my_key: ["my-value"] }, { MY_KEY: "my-value" }, false],
  ["one value of a list", INSTANCES, { resources: ["arn:aws:autoscaling:1", ARN] }, true],
  ["no value of a list", INSTANCES, { resources: ["arn:aws:autoscaling:1"] }, false],
  ["an empty list has no null", { resources: [null] }, { resources: [] }, false],
  [
    "text of JSON is a text",
    { detail: { "my-key": ["my-value"] } },
    { detail: '{"my-key":"my-value"}' },
    false,
  ],
  ["a name within names", image({ N: ["1234"] }), image({ S: "ABCD", N: "1234" }), true],
  [
    "a dotted name in the pattern",
    detail({ "state.status": ["running"] }),
    state({ status: "running" }),
    true,
  ],
  [
    "a dotted name that is one name too many in the pattern",
    detail({ "state.status": { status: ["running"] } }),
    state({ status: "running" }),
    false,
  ],
  ["a dotted name in the event", state({ status: ["running"] }), detail({ "state.status": "running" }), true],
  [
    "a dotted name that is one name too many in the event",
    state({ status: ["running"] }),
    detail({ "state.status": { status: "running" } }),
    false,
  ],
];

const AFFIXES: PatternFact[] = [
  ["a prefix", { time: [{ prefix: "2022-07-13" }] }, {}, true],
  ["another prefix", { time: [{ prefix: "2022-07-99" }] }, {}, false],
  ["an empty prefix", { source: [{ prefix: "" }] }, {}, true],
  ["a prefix in any case", asks({ prefix: { "equals-ignore-case": "EventB" } }), state("EvEnTb"), true],
  [
    "prefixes of several fields",
    { dynamodb: { Keys: { PK: { S: [{ prefix: "COMPANY" }] }, SK: { S: [{ prefix: "PRODUCT" }] } } } },
    { dynamodb: { Keys: { PK: { S: "COMPANY#1000" }, SK: { S: "PRODUCT#DARK" } } } },
    true,
  ],
  ["a suffix", asks({ suffix: ".png" }), state("image.png"), true],
  ["a suffix in another case", asks({ suffix: ".PNG" }), state("image.png"), false],
  ["a suffix in any case", asks({ suffix: { "equals-ignore-case": ".png" } }), state("image.PNG"), true],
  [
    "another suffix in any case",
    asks({ suffix: { "equals-ignore-case": ".png" } }),
    state("image.jpg"),
    false,
  ],
  [
    "any case",
    { "detail-type": [{ "equals-ignore-case": CHANGE.toLowerCase() }] },
    { "detail-type": [CHANGE] },
    true,
  ],
  [
    "another text in any case",
    { "detail-type": [{ "equals-ignore-case": "other" }] },
    { "detail-type": [CHANGE] },
    false,
  ],
  ["nothing in any case", asks({ "equals-ignore-case": "" }), state(""), true],
  ["nothing in any case, of something", asks({ "equals-ignore-case": "" }), state("test-value"), false],
];

const WILDCARDS: PatternFact[] = [
  ["two stars", { EventBusArn: [{ wildcard: "arn:aws:events:us-east-1:*:event-bus/*" }] }, BUS, true],
  ["an empty wildcard", { EventBusArn: [{ wildcard: "" }] }, BUS, false],
  [
    "a star for several folders",
    asks({ wildcard: "/Users/*/doc.txt" }),
    state("/Users/me/dir/dir/doc.txt"),
    true,
  ],
  [
    "what follows a star is all of it",
    asks({ wildcard: "/Users/*/doc.txt" }),
    state("/Users/me/dir/otherdoc.txt"),
    false,
  ],
  [
    "the same after a star again and again",
    asks({ wildcard: "/Users/*/dir/dir/dir/dir/dir/doc.txt" }),
    state("/Users/me/dir/dir/dir/dir/dir/doc.txt"),
    true,
  ],
  [
    "once too few after a star",
    asks({ wildcard: "/Users/*/dir/dir/dir/dir/dir/doc.txt" }),
    state("/Users/me/dir/dir/dir/dir/otherdir/doc.txt"),
    false,
  ],
];

const EXISTS: PatternFact[] = [
  ["what exists", asks({ exists: true }), state("x"), true],
  ["what does not exist", asks({ exists: true }), detail({ other: { c1: 100 } }), false],
  [
    "a value exists",
    { dynamodb: { key: { S: [{ exists: true }] } } },
    { dynamodb: { key: { S: "x" } } },
    true,
  ],
  [
    "an object does not exist",
    { dynamodb: { key: [{ exists: true }] } },
    { dynamodb: { key: { S: "x" } } },
    false,
  ],
  ["an empty list does not exist", { resources: [{ exists: true }] }, { resources: [] }, false],
  ["absence", state({ inner: { value: [{ exists: false }] } }), state({ other: "x" }), true],
  [
    "absence of what exists",
    state({ inner: { value: [{ exists: false }] } }),
    state({ inner: { value: "x" } }),
    false,
  ],
  [
    "existence in one of a list",
    state({ id: [{ exists: true }] }),
    state([{ a: 1 }, { id: "x" }, { b: 2 }]),
    true,
  ],
  ["one of several conditions", { key: [{ exists: true }, { prefix: "other" }] }, { key: "my-value" }, true],
  [
    "anything but, or absent: there",
    image({ S: [{ "anything-but": ["roses"] }, { exists: false }] }),
    image({ S: "ABCD" }),
    true,
  ],
  [
    "anything but, or absent: absent",
    image({ S: [{ "anything-but": ["roses"] }, { exists: false }] }),
    image({ N: "789" }),
    true,
  ],
  [
    "anything but, or absent: its parent absent",
    image({ S: [{ "anything-but": ["roses"] }, { exists: false }] }),
    { dynamodb: { NewImage: { purchased: { N: "789" } } } },
    true,
  ],
];

const NUMBERS: PatternFact[] = [
  ["ranges", RANGES, numbers(3, 9, 301.8), true],
  ["one range missed", RANGES, numbers(3, 10, 301.8), false],
  ["one of several ranges", ONE_OF_RANGES, numbers(0, 0, 901.8), true],
  ["none of several ranges", ONE_OF_RANGES, numbers(0, 10, 901.8), false],
  ["a number with a point", number([{ numeric: [">", 100] }]), number(101.0), true],
  ["a text is no number", number([{ numeric: [">", 100] }]), number("300"), false],
  ["null is no number", number([{ numeric: [">", 100] }]), number(null), false],
  [
    "a number or anything but a text: there",
    image({ N: [{ numeric: [">", 100] }, { "anything-but": "101" }] }),
    image({ N: "42" }),
    true,
  ],
  [
    "a number or anything but a text: not",
    image({ N: [{ numeric: [">", 100] }, { "anything-but": "101" }] }),
    image({ N: "101" }),
    false,
  ],
  ["many operators", MANY, detail(MIXED), true],
  ["many operators, one missed", MANY, detail({ ...MIXED, total: 300 }), false],
];

const ADDRESSES: PatternFact[] = [
  ["an address of a block", range("10.0.0.0/24"), address("10.0.0.255"), true],
  ["what is no address", range("10.0.0.0/24"), address("10.0.0.256"), false],
  ["a number is no address", range("10.0.0.0/24"), address(123), false],
  [
    "an address of version 6",
    range("2001:db8:1234:1a00::/64"),
    address("2001:0db8:1234:1a00:0000:0000:0000:0000"),
    true,
  ],
  [
    "another of version 6",
    range("2001:db8:1234:1a00::/64"),
    address("2001:0db8:123f:1a01:0000:0000:0000:0000"),
    false,
  ],
];

export const PATTERN_FACTS: readonly PatternFact[] = [
  ...VALUES,
  ...AFFIXES,
  ...WILDCARDS,
  ...ANYTHING_BUT,
  ...EXISTS,
  ...NUMBERS,
  ...ADDRESSES,
  ...REFUSED_PATTERNS,
];
