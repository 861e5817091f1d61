import type { MessageAttributes, TopicMessage } from "../../seams.ts";
import type { Publication } from "./publication.ts";
import type { Subscription } from "./topics.ts";

const shownAttributes = (attributes: MessageAttributes) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue ?? "" },
    ]),
  );

/** The `Sns` part of a function's record. */
export const functionNotification = (publication: Publication): TopicMessage => ({
  Type: "Notification",
  MessageId: publication.messageId,
  TopicArn: publication.topicArn,
  Subject: publication.subject ?? null,
  Message: publication.bodyFor("lambda"),
  Timestamp: publication.time,
  SignatureVersion: "1",
  Signature: "local",
  SigningCertUrl: "http://localhost/sns.pem",
  UnsubscribeUrl: `http://localhost/?Action=Unsubscribe&SubscriptionArn=${publication.topicArn}`,
  MessageAttributes: shownAttributes(publication.attributes),
});

/** The JSON that a queue gets unless its subscription asks for raw delivery. */
export const queueNotification = (subscription: Subscription, publication: Publication): string =>
  JSON.stringify({
    Type: "Notification",
    MessageId: publication.messageId,
    TopicArn: publication.topicArn,
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

/** The line of JSON that a delivery stream gets unless its subscription asks for raw delivery. */
export const streamNotification = (subscription: Subscription, publication: Publication): string =>
  JSON.stringify({
    Type: "Notification",
    MessageId: publication.messageId,
    TopicArn: publication.topicArn,
    ...(publication.subject === undefined ? {} : { Subject: publication.subject }),
    Message: publication.bodyFor(subscription.protocol),
    Timestamp: publication.time,
    UnsubscribeURL: `http://localhost/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
    ...(Object.keys(publication.attributes).length === 0
      ? {}
      : { MessageAttributes: shownAttributes(publication.attributes) }),
  });
