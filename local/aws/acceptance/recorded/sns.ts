/**
 * What SNS refuses, and in which words: facts from LocalStack's public corpus of recorded answers of AWS
 * (localstack/localstack, tests/aws/services/sns), each named for what it shows. Where AWS adds at which
 * character its parser stopped, the reason ends before that.
 */
export const REFUSED_ATTRIBUTES: readonly [name: string, attribute: string, value: string, reason: string][] =
  [
    ["an unknown one", "FakeAttribute", "x", "AttributeName"],
    [
      "raw delivery that is no boolean",
      "RawMessageDelivery",
      "test-ValUe",
      "RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.",
    ],
    [
      "empty raw delivery",
      "RawMessageDelivery",
      "",
      "RawMessageDelivery: Invalid value []. Must be true or false.",
    ],
    [
      "a dead-letter queue that is no ARN",
      "RedrivePolicy",
      '{"deadLetterTargetArn":"fake-arn"}',
      "RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ],
    [
      "a redrive policy that is no JSON",
      "RedrivePolicy",
      "{invalidjson}",
      "RedrivePolicy: failed to parse JSON.",
    ],
    [
      "a filter policy that is no JSON",
      "FilterPolicy",
      "{invalidjson}",
      "FilterPolicy: failed to parse JSON.",
    ],
    [
      "an unknown scope",
      "FilterPolicyScope",
      "RandomValue",
      "FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes",
    ],
  ];

type Attribute = { DataType: string; StringValue?: string; BinaryValue?: Uint8Array };
const BYTES = Uint8Array.of(2, 3, 4);
const empty = (type: string) =>
  `The message attribute 'attr1' must contain non-empty message attribute value for message attribute type '${type}'.`;
const wrongField = (type: string, field: string) =>
  `The message attribute 'attr1' with type '${type}' must use field '${field}'.`;
const UNKNOWN_TYPE =
  "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";

export const REFUSED_MESSAGE_ATTRIBUTES: readonly [
  name: string,
  attributes: Record<string, Attribute>,
  reason: string,
][] = [
  ["an empty text", { attr1: { DataType: "String", StringValue: "" } }, empty("String")],
  ["a text that is missing", { attr1: { DataType: "String" } }, empty("String")],
  [
    "bytes that are missing",
    { attr1: { DataType: "Binary", BinaryValue: new Uint8Array() } },
    empty("Binary"),
  ],
  ["bytes for a text", { attr1: { DataType: "String", BinaryValue: BYTES } }, wrongField("String", "String")],
  [
    "bytes for a number",
    { attr1: { DataType: "Number", BinaryValue: BYTES } },
    wrongField("Number", "String"),
  ],
  ["a text for bytes", { attr1: { DataType: "Binary", StringValue: "x" } }, wrongField("Binary", "Binary")],
  ["an unknown type", { attr1: { DataType: "InvalidType", StringValue: "x" } }, UNKNOWN_TYPE],
  [
    "a type with something before it",
    { attr1: { DataType: "Prefixed.Binary", BinaryValue: BYTES } },
    UNKNOWN_TYPE,
  ],
  [
    "a long name",
    { ["x".repeat(257)]: { DataType: "String", StringValue: "x" } },
    "Length of message attribute name must be less than 256 bytes.",
  ],
  [
    "a name with a sign",
    { "attr^": { DataType: "String", StringValue: "x" } },
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  [
    "a dot before the name",
    { ".attr": { DataType: "String", StringValue: "x" } },
    "Invalid message attribute name starting with character '.' was found.",
  ],
  [
    "a dot after the name",
    { "attr.": { DataType: "String", StringValue: "x" } },
    "Invalid message attribute name ending with character '.' was found.",
  ],
  [
    "two dots in the name",
    { "at..tr": { DataType: "String", StringValue: "x" } },
    "Message attribute name can not have successive '.' character.",
  ],
];

const INVALID = "InvalidParameterException";
const json = (Message: string) => ({ Message, MessageStructure: "json" });

export const REFUSED_PUBLICATIONS: readonly [name: string, more: object, error: string, reason: string][] = [
  ["an empty one", { Message: "" }, INVALID, "Invalid parameter: Empty message"],
  ["an empty subject", { Subject: "" }, INVALID, "Invalid parameter: Subject"],
  ["one that is too long", { Message: "x".repeat(262_145) }, INVALID, "Invalid parameter: Message too long"],
  [
    "one that is too long with its attributes",
    {
      Message: "x".repeat(262_140),
      MessageAttributes: { kind: { DataType: "String", StringValue: "long" } },
    },
    INVALID,
    "Invalid parameter: Message too long",
  ],
  [
    "JSON without a default",
    json('{"sqs":"x"}'),
    INVALID,
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    "JSON whose default is no text",
    json('{"default":{"a":1}}'),
    INVALID,
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    "what is no JSON",
    json("{not json"),
    INVALID,
    "Invalid parameter: Message Structure - JSON message body failed to parse",
  ],
];
