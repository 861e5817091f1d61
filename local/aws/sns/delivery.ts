import type { MessageAttributes, PortListeners, Queues } from "../../seams.ts";
import { passesFilter } from "../matching/filter-policy.ts";
import { type Arns, nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import type { Deliver, Outbox } from "../port/outbox.ts";
import { functionNotification, queueNotification, streamNotification } from "./notification.ts";
import type { Publication } from "./publication.ts";
import type { Subscription, Topics } from "./topics.ts";

/** One message for one subscriber, as it will be sent: later changes of the subscription do not affect it. */
export type Delivery = {
  subscriptionArn: string;
  endpoint: string;
  body: string;
  attributes: MessageAttributes;
  /** ARN of the queue in the subscription's redrive policy. */
  deadLetterArn?: string;
};

const isGone = (error: unknown): boolean => error instanceof AwsError && error.code === "QueueDoesNotExist";

export type DeliverOptions = {
  queues: Pick<Queues, "send">;
  putRecord: (stream: string, data: Buffer) => Promise<boolean>;
  arns: Arns;
  log: (error: unknown, work: string) => void;
};

/**
 * Delivers to a queue or a delivery stream of this account. SNS does not retry one that does not exist: the message
 * goes to the dead-letter queue, or is dropped if there is none.
 */
export const deliverToEndpoint =
  ({ queues, putRecord, arns, log }: DeliverOptions): Deliver<Delivery> =>
  async ({ subscriptionArn, endpoint, body, attributes, deadLetterArn }) => {
    const send = async (arn: string): Promise<boolean> => {
      const name = nameInArn(arn);
      if (arns.at("firehose", `deliverystream/${name}`) === arn) return putRecord(name, Buffer.from(body));
      if (arns.at("sqs", name) !== arn) return false;
      try {
        await queues.send(name, body, { attributes });
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    };
    if (await send(endpoint)) return;
    if (deadLetterArn !== undefined && (await send(deadLetterArn))) return;
    log(`there is no ${endpoint}`, `message of ${subscriptionArn} dropped`);
  };

const deliveryOf = (subscription: Subscription, publication: Publication): Delivery => {
  const { arn, endpoint, raw, deadLetterArn, protocol } = subscription;
  return {
    subscriptionArn: arn,
    endpoint,
    body: raw
      ? publication.bodyFor(protocol)
      : (protocol === "firehose" ? streamNotification : queueNotification)(subscription, publication),
    attributes: raw ? publication.attributes : {},
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
};

/**
 * Accepts a message for all subscribers. When the promise resolves, the message is on the queues of the
 * functions whose manifests name the topic, and the deliveries to subscribers are in the outbox.
 */
export const makePublish =
  (topics: Topics, outbox: Outbox<Delivery>, listeners: Pick<PortListeners, "onTopicMessage">) =>
  async (topic: string, publication: Publication): Promise<void> => {
    const { attributes } = publication;
    await listeners.onTopicMessage(topic, functionNotification(publication), attributes);
    const receivers = topics
      .subscriptions(topic)
      .filter(
        ({ filter, scope, protocol }) =>
          (protocol === "sqs" || protocol === "firehose") &&
          passesFilter(filter, scope, publication.bodyFor(protocol), attributes),
      );
    await outbox.add(receivers.map((subscription) => deliveryOf(subscription, publication)));
  };
