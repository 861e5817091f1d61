import { AwsError } from "../port/errors.ts";
import { type Input, optionalInteger, optionalText, text } from "../port/input.ts";
import type { Call } from "../port/service.ts";
import { isXmlText, md5, md5OfAttributes, messageAttributes, sizeOf } from "./attributes.ts";
import { invalid, type Sqs } from "./context.ts";
import type { NewMessage, SystemAttributes } from "./message.ts";

const GROUP_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

const senderOf = (call: Call) => `AROALOCAL:${call.accessKeyId}`;

const traceHeader = (input: Input) => {
  const attributes = messageAttributes(input, "MessageSystemAttributes");
  const unknown = Object.keys(attributes).find((name) => name !== "AWSTraceHeader");
  if (unknown) throw invalid(`Message system attribute name '${unknown}' is invalid.`);
  const value = attributes.AWSTraceHeader?.StringValue;
  return { attributes, system: value === undefined ? {} : { AWSTraceHeader: value } };
};

/** On a standard queue a group is for fairness between its senders; deduplication is for FIFO queues alone. */
const groupOf = (input: Input): SystemAttributes => {
  const deduplication = optionalText(input, "MessageDeduplicationId");
  if (deduplication !== undefined) {
    throw invalid(
      `Value ${deduplication} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  const group = optionalText(input, "MessageGroupId");
  if (group === undefined) return {};
  if (!GROUP_ID.test(group)) {
    throw invalid(
      `Value ${group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
  return { MessageGroupId: group };
};

/** Parses a message to be sent; returns it with the answer for its sender. */
export const newMessage = ({ queues }: Sqs, queueName: string, input: Input, call: Call) => {
  const queue = queues.get(queueName);
  const body = text(input, "MessageBody");
  if (!isXmlText(body)) {
    throw new AwsError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    );
  }
  const attributes = messageAttributes(input);
  const limit = Number(queues.setting(queue, "MaximumMessageSize"));
  if (sizeOf(body, attributes) > limit) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  const trace = traceHeader(input);
  const message: NewMessage = {
    body,
    attributes,
    system: { ...trace.system, ...groupOf(input) },
    sender: senderOf(call),
    delaySeconds:
      optionalInteger(input, "DelaySeconds", { min: 0, max: 900 }) ??
      Number(queues.setting(queue, "DelaySeconds")),
  };
  const digest = (name: string, of: typeof attributes) =>
    Object.keys(of).length === 0 ? {} : { [name]: md5OfAttributes(of) };
  const answer = {
    MD5OfMessageBody: md5(body),
    ...digest("MD5OfMessageAttributes", attributes),
    ...digest("MD5OfMessageSystemAttributes", trace.attributes),
  };
  return { message, answer };
};
