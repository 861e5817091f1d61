/**
 * What EventBridge gives to targets, and which targets and schedules it refuses: facts from LocalStack's
 * public corpus of recorded answers of AWS (localstack/localstack, tests/aws/services/events), each named
 * for what it shows. The event that is sent is of type `command` and has
 * `{ command: "update-account", payload: { acc_id: "0a787ecb-4015", sf_id: "baz" } }` as its detail.
 */
type Input = {
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
};

const PAYLOAD = { acc_id: "0a787ecb-4015", sf_id: "baz" };
const DETAIL = { command: "update-account", payload: PAYLOAD };
const RULE_ARN = "arn:aws:events:us-east-1:000000000000:rule/<bus>/<rule>";
const TIME = "2024-06-11T08:33:10Z";
const PATHS = {
  "detail-type": "$.detail-type",
  timestamp: "$.time",
  command: "$.detail.command",
  payload: "$.detail.payload",
  nothing: "$.detail.notinmessage",
};
const template = (InputTemplate: string): Input => ({
  InputTransformer: { InputPathsMap: PATHS, InputTemplate },
});
const EVENT = {
  version: "0",
  id: "<id>",
  "detail-type": "command",
  source: "recorded",
  account: "000000000000",
  time: TIME,
  region: "us-east-1",
  resources: [],
  detail: DETAIL,
};

/** A string is the body as it is; any other value is sent as JSON. */
export const FILLED_INPUTS: readonly (readonly [name: string, target: Input, body: unknown])[] = [
  ["the event", {}, EVENT],
  ["a part of it", { InputPath: "$.detail" }, DETAIL],
  ["a part of a part", { InputPath: "$.detail.payload" }, PAYLOAD],
  ["one value", { InputPath: "$.detail.payload.sf_id" }, '"baz"'],
  ["a constant", { Input: '{"constant":true}' }, { constant: true }],
  [
    "texts in a text",
    template('"Event of <detail-type> type, at time <timestamp>, info extracted from detail <command>"'),
    `"Event of command type, at time ${TIME}, info extracted from detail update-account"`,
  ],
  ["nothing in a text", template('"Info extracted from detail <nothing>"'), '"Info extracted from detail "'],
  ["a text that begins as JSON does", template('"{[/Check <detail-type> type"'), '"{[/Check command type"'],
  [
    "texts in JSON",
    template('{"detailType": <detail-type>,  "time": <timestamp>, "command": <command>}'),
    { detailType: "command", time: TIME, command: "update-account" },
  ],
  [
    "nothing in JSON",
    template('{"detailType": <detail-type>, "command": <nothing>}'),
    { detailType: "command", command: "" },
  ],
  [
    "the rule and the time in a text",
    template('"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"'),
    `"${RULE_ARN} <rule> <ingested>"`,
  ],
  [
    "the event without its detail, and with it",
    template('{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}'),
    {
      originalEvent: {
        version: "0",
        id: "<id>",
        detailType: "command",
        source: "recorded",
        account: "000000000000",
        time: "<ingested>",
        region: "us-east-1",
        resources: [],
      },
      originalEventJson: EVENT,
    },
  ],
  // The following cases are documented, and recorded in versions of the corpus that are later than the stored
  // one.
  [
    "an object in a text loses its quotes",
    template('"Payload <payload>"'),
    '"Payload {acc_id:0a787ecb-4015,sf_id:baz}"',
  ],
  ["an object in JSON", template('{"payload": <payload>}'), { payload: PAYLOAD }],
  [
    "a text within a text of JSON, more than once",
    template('{"id": "users/<command>/second/<command>"}'),
    { id: "users/update-account/second/update-account" },
  ],
  ["a text in a list", template('{"ids": [<command>, "fixed"]}'), { ids: ["update-account", "fixed"] }],
];

type Refused = readonly [name: string, target: object, reason: string];
const violation = (value: string, constraint: string) =>
  `1 validation error detected: Value '${value}' at 'targets.1.member.id' failed to satisfy constraint: Member must ${constraint}`;

export const REFUSED_TARGETS: readonly Refused[] = [
  [
    "signs in its id",
    { Id: "!@#$@!#$" },
    violation("!@#$@!#$", "satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"),
  ],
  ["a long id", { Id: "x".repeat(65) }, violation("x".repeat(65), "have length less than or equal to 64")],
  [
    "a placeholder without a path",
    template('"Event of <detail-type>, <notdefinedkey>"'),
    "InputTemplate for target one contains invalid placeholder notdefinedkey.",
  ],
  [
    "two kinds of input",
    { ...template('"<command>"'), InputPath: "$.detail" },
    "Only one of Input, InputPath, or InputTransformer must be provided for target one.",
  ],
  // The following cases come from AWS too, but are not in the corpus.
  ["an input that is no JSON", { Input: "{not json" }, "JSON syntax error in input for target one."],
  [
    "a queue in order without a group",
    { Arn: "arn:aws:sqs:us-east-1:000000000000:orders.fifo" },
    "Parameter(s) SqsParameters must be specified for target: one.",
  ],
  [
    "no ARN",
    { Arn: "queue" },
    "Parameter queue is not valid. Reason: Provided Arn is not in correct format.",
  ],
];

export const REFUSED_SCHEDULES: readonly string[] = [
  "rate(10 seconds)",
  "rate(10 years)",
  "rate(1 minutes)",
  "rate(1 hours)",
  "rate(1 days)",
  "rate(10 minute)",
  "rate(10 hour)",
  "rate(10 day)",
  "rate()",
  "rate(10)",
  "rate(10 minutess)",
  "rate(foo minutes)",
  "rate(0 minutes)",
  "rate(-10 minutes)",
  "rate(10 MINUTES)",
  "rate( 10 minutes )",
  " rate(10 minutes)",
  // Documented: six fields, a ? in one of the days, and no single times.
  "cron(0 1 * * * *)",
  "cron(0 12 ? * ? *)",
  "cron(0 12 * * ?)",
  "at(2030-01-01T00:00:00)",
];

export const TAKEN_SCHEDULES: readonly string[] = [
  "rate(1 minute)",
  "rate(5 minutes)",
  "cron(0 10 * * ? *)",
  "cron(15 12 * * ? *)",
  "cron(0 18 ? * MON-FRI *)",
  "cron(0 8 1 * ? *)",
  "cron(0/15 * * * ? *)",
  "cron(0/10 * ? * MON-FRI *)",
  "cron(0/5 8-17 ? * MON-FRI *)",
  "cron(0/30 20-23 ? * MON-FRI *)",
  "cron(0/30 0-2 ? * MON-FRI *)",
];
