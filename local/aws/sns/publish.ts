import { randomUUID } from "node:crypto";
import type { MessageAttributes, PortListeners, TopicMessage } from "../../seams.ts";
import { passesFilter } from "../matching/filter-policy.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, optionalText } from "../port/input.ts";
import { messageAttributes, sizeOf } from "../sqs/attributes.ts";
import type { Subscription, Topics } from "./topics.ts";

export const MESSAGE_BYTES_MAX = 262_144;

export type Publication = {
  messageId: string;
  topic: string;
  subject: string | undefined;
  /** What a subscriber of this protocol gets. */
  bodyFor: (protocol: string) => string;
  attributes: MessageAttributes;
  time: string;
  bytes: number;
};

/** Carries a message to a subscriber of one protocol; it is durable there when this resolves. */
export type Deliver = (subscription: Subscription, publication: Publication) => Promise<void>;

const invalid = (reason: string) => new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);

const bodyPicker = (message: string, structure: string | undefined): ((protocol: string) => string) => {
  if (structure !== "json") return () => message;
  let bodies: unknown;
  try {
    bodies = JSON.parse(message);
  } catch {
    throw invalid("Message Structure - JSON message body failed to parse");
  }
  const fallback = isRecord(bodies) ? bodies.default : undefined;
  if (!isRecord(bodies) || typeof fallback !== "string") {
    throw invalid("Message Structure - No default entry in JSON message body");
  }
  const known = bodies;
  return (protocol) => {
    const own = known[protocol];
    return typeof own === "string" ? own : fallback;
  };
};

/** Parses Publish's request or an entry of PublishBatch's. */
export const readPublication = (topic: string, input: Input, now: number): Publication => {
  const message = optionalText(input, "Message") ?? "";
  if (message === "") throw invalid("Empty message");
  const attributes = messageAttributes(input);
  const bytes = sizeOf(message, attributes);
  if (bytes > MESSAGE_BYTES_MAX) throw invalid("Message too long");
  const subject = optionalText(input, "Subject");
  if (subject !== undefined && (subject.length === 0 || subject.length > 100 || /[\n\r]/.test(subject))) {
    throw invalid("Subject");
  }
  return {
    messageId: randomUUID(),
    topic,
    subject,
    bodyFor: bodyPicker(message, optionalText(input, "MessageStructure")),
    attributes,
    time: new Date(now).toISOString(),
    bytes,
  };
};

const shownAttributes = (attributes: MessageAttributes) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
    ]),
  );

const topicMessage = (topicArn: string, publication: Publication): TopicMessage => ({
  Type: "Notification",
  MessageId: publication.messageId,
  TopicArn: topicArn,
  Subject: publication.subject ?? null,
  Message: publication.bodyFor("lambda"),
  Timestamp: publication.time,
  SignatureVersion: "1",
  Signature: "local",
  SigningCertUrl: "http://localhost/sns.pem",
  UnsubscribeUrl: `http://localhost/?Action=Unsubscribe&SubscriptionArn=${topicArn}`,
  MessageAttributes: shownAttributes(publication.attributes),
});

/** The envelope that a queue gets unless its subscription asks for raw delivery. */
export const envelope = (topicArn: string, subscription: Subscription, publication: Publication): string =>
  JSON.stringify({
    Type: "Notification",
    MessageId: publication.messageId,
    TopicArn: topicArn,
    ...(publication.subject === undefined ? {} : { Subject: publication.subject }),
    Message: publication.bodyFor(subscription.protocol),
    Timestamp: publication.time,
    SignatureVersion: "1",
    Signature: "local",
    SigningCertURL: "http://localhost/sns.pem",
    UnsubscribeURL: `http://localhost/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
    ...(Object.keys(publication.attributes).length === 0
      ? {}
      : { MessageAttributes: shownAttributes(publication.attributes) }),
  });

/**
 * Hands a message to all who subscribed, and to the functions whose manifests name the topic (through
 * the listener). It is answered when all of them have it in their durable queues.
 */
export const makePublish =
  (
    topics: Topics,
    deliverers: Readonly<Record<string, Deliver>>,
    listeners: Pick<PortListeners, "onTopicMessage">,
  ) =>
  async (publication: Publication): Promise<void> => {
    const { topic, attributes } = publication;
    const receivers = topics
      .subscriptions(topic)
      .filter(({ filter, scope, protocol }) =>
        passesFilter(filter, scope, publication.bodyFor(protocol), attributes),
      );
    await Promise.all([
      listeners.onTopicMessage(topic, topicMessage(topics.arnOf(topic), publication), attributes),
      ...receivers.map((subscription) => deliverers[subscription.protocol]?.(subscription, publication)),
    ]);
  };
