import { randomUUID } from "node:crypto";
import type { MessageAttributes } from "../../seams.ts";
import { type Input, isRecord, optionalText } from "../port/input.ts";
import { sizeOf } from "../sqs/attributes.ts";
import { invalidParameter } from "./errors.ts";
import { messageAttributes } from "./message-attributes.ts";
import type { Topic } from "./topics.ts";

const MESSAGE_BYTES_MAX = 262_144;

/** Largest message of a topic, and largest batch: its attribute `MaximumMessageSize`, or SNS's own. */
export const bytesMaxOf = ({ attributes }: Topic): number =>
  Number(attributes.MaximumMessageSize ?? MESSAGE_BYTES_MAX);

/** A message that a topic took. */
export type Publication = {
  messageId: string;
  topicArn: string;
  subject: string | undefined;
  /** What a subscriber of this protocol gets. */
  bodyFor: (protocol: string) => string;
  attributes: MessageAttributes;
  time: string;
  bytes: number;
};

const bodyPicker = (message: string, structure: string | undefined): ((protocol: string) => string) => {
  if (structure !== "json") return () => message;
  let bodies: unknown;
  try {
    bodies = JSON.parse(message);
  } catch {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  const fallback = isRecord(bodies) ? bodies.default : undefined;
  if (!isRecord(bodies) || typeof fallback !== "string") {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
  const known = bodies;
  return (protocol) => {
    const own = known[protocol];
    return typeof own === "string" ? own : fallback;
  };
};

/** Parses Publish's request, or the entry of PublishBatch's that stands at `place` in it. */
export const readPublication = (
  { topicArn, bytesMax, now }: { topicArn: string; bytesMax: number; now: number },
  input: Input,
  place = "",
): Publication => {
  const message = optionalText(input, "Message") ?? "";
  const attributes = messageAttributes(input, place);
  const bodyFor = bodyPicker(message, optionalText(input, "MessageStructure"));
  if (message === "") throw invalidParameter("Empty message");
  const bytes = sizeOf(message, attributes);
  if (bytes > bytesMax) throw invalidParameter("Message too long");
  const subject = optionalText(input, "Subject");
  if (subject !== undefined && (subject.length === 0 || subject.length > 100 || /[\n\r]/.test(subject))) {
    throw invalidParameter("Subject");
  }
  const time = new Date(now).toISOString();
  return { messageId: randomUUID(), topicArn, subject, bodyFor, attributes, time, bytes };
};
