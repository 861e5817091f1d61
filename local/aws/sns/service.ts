import type { PortListeners, Queues } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import { openOutbox, queueRetryMs } from "../port/outbox.ts";
import type { Operation, OperationService } from "../port/service.ts";
import type { SnsAction, SnsContext } from "./context.ts";
import { createTopic } from "./create-topic.ts";
import { deleteTopic } from "./delete-topic.ts";
import { type Delivery, deliverToEndpoint, makePublish } from "./delivery.ts";
import { getSubscriptionAttributes } from "./get-subscription-attributes.ts";
import { getTopicAttributes } from "./get-topic-attributes.ts";
import { listSubscriptions } from "./list-subscriptions.ts";
import { listSubscriptionsByTopic } from "./list-subscriptions-by-topic.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { listTopics } from "./list-topics.ts";
import { publish } from "./publish.ts";
import { publishBatch } from "./publish-batch.ts";
import { setSubscriptionAttributes } from "./set-subscription-attributes.ts";
import { setTopicAttributes } from "./set-topic-attributes.ts";
import { subscribe } from "./subscribe.ts";
import { openTopics, TOPICS_SCHEMA } from "./topics.ts";
import { unsubscribe } from "./unsubscribe.ts";

const ACTIONS: Readonly<Record<string, SnsAction>> = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  ListTopics: listTopics,
  GetTopicAttributes: getTopicAttributes,
  SetTopicAttributes: setTopicAttributes,
  Subscribe: subscribe,
  Unsubscribe: unsubscribe,
  ListSubscriptions: listSubscriptions,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
  GetSubscriptionAttributes: getSubscriptionAttributes,
  SetSubscriptionAttributes: setSubscriptionAttributes,
  Publish: publish,
  PublishBatch: publishBatch,
  ListTagsForResource: listTagsForResource,
};

export type SnsOptions = {
  file: string;
  arns: Arns;
  queues: Pick<Queues, "send">;
  /** Puts a record on a delivery stream; false when there is no such stream. */
  putRecord: (stream: string, data: Buffer) => Promise<boolean>;
  listeners: Pick<PortListeners, "onTopicMessage">;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

/**
 * Topics. Messages are delivered to subscriptions of protocol `sqs` and `firehose`; those of other protocols are only
 * stored.
 * Functions subscribe by their manifests, and `onTopicMessage` gets every message.
 */
export const openSns = ({ file, arns, queues, putRecord, listeners, log, now }: SnsOptions) => {
  const database = openDatabase(file, TOPICS_SCHEMA);
  const topics = openTopics(database, arns);
  const deliver = deliverToEndpoint({ queues, putRecord, arns, log });
  const outbox = openOutbox<Delivery>(database, { deliver, retryMs: queueRetryMs, log, now });
  const context: SnsContext = { topics, arns, publish: makePublish(topics, outbox, listeners), now };
  const operations: Record<string, Operation> = Object.fromEntries(
    Object.entries(ACTIONS).map(([name, action]) => [name, action(context)]),
  );

  const service: OperationService = {
    kind: "operations",
    name: "sns",
    protocols: ["query"],
    targets: [],
    errorPrefix: "",
    jsonVersion: "1.0",
    inputError: { missing: "InvalidParameter", invalid: "InvalidParameter" },
    throttling: { code: "Throttled", status: 429 },
    unknownOperation: { code: "InvalidAction", status: 400 },
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    operations,
    close: async () => {
      await outbox.close();
      database.close();
    },
  };
  return { service, ensureTopic: topics.ensure, ensureSubscription: topics.ensureSubscription };
};
