import type { PortListeners, Queues } from "../../seams.ts";
import { type Arns, nameInArn } from "../port/arn.ts";
import { AwsError, InputError } from "../port/errors.ts";
import { type Input, optionalText, records, text, textMap } from "../port/input.ts";
import { XmlMap } from "../port/protocol.ts";
import type { Call, Operation, OperationService } from "../port/service.ts";
import { type Deliver, envelope, MESSAGE_BYTES_MAX, makePublish, readPublication } from "./publish.ts";
import { openTopics, type Subscription } from "./topics.ts";

const PROTOCOLS = new Set(["sqs", "lambda", "firehose", "http", "https", "email", "email-json"]);
const NAME = /^[A-Za-z0-9_-]{1,256}$/;

const invalid = (reason: string) => new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);
const shown = (subscription: Subscription, topicArn: string, owner: string) => ({
  SubscriptionArn: subscription.arn,
  Owner: owner,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
  TopicArn: topicArn,
});

/**
 * Topics. A subscription of protocol `sqs` is delivered here; other protocols by those in `deliverers`.
 * `lambda` has none: functions subscribe by their manifests, and `onTopicMessage` is told of every message.
 */
export const openSns = (
  file: string,
  arns: Arns,
  queues: Pick<Queues, "send">,
  listeners: Pick<PortListeners, "onTopicMessage">,
  deliverers: Readonly<Record<string, Deliver>> = {},
  now: () => number = Date.now,
) => {
  const topics = openTopics(file, arns);

  const toQueue: Deliver = async (subscription, publication) => {
    const queue = nameInArn(subscription.endpoint);
    if (subscription.raw) {
      await queues.send(queue, publication.bodyFor("sqs"), { attributes: publication.attributes });
    } else {
      await queues.send(queue, envelope(topics.arnOf(publication.topic), subscription, publication));
    }
  };
  const publish = makePublish(topics, { sqs: toQueue, ...deliverers }, listeners);

  const open = (input: Input, call: Call, action: string): string => {
    const arn = optionalText(input, "TopicArn") ?? optionalText(input, "TargetArn") ?? "";
    if (!arn.startsWith("arn:")) throw invalid("TopicArn");
    call.authorize(`sns:${action}`, arn);
    return topics.get(nameInArn(arn)).name;
  };
  /** A subscription's ARN is its topic's and an id. */
  const openSubscription = (input: Input, call: Call, action: string): string => {
    const arn = text(input, "SubscriptionArn");
    call.authorize(`sns:${action}`, arn.slice(0, arn.lastIndexOf(":")));
    return arn;
  };

  const create = (name: string, attributes: Record<string, string> = {}) => {
    if (!topics.has(name)) topics.save({ name, attributes });
  };

  const listed = (topic?: string) => ({
    Subscriptions: topics
      .subscriptions(topic)
      .map((one) => shown(one, topics.arnOf(one.topic), arns.account)),
  });

  const publishBatch = async (topic: string, input: Input) => {
    const entries = records(input, "PublishBatchRequestEntries");
    const ids = entries.map((entry) => text(entry, "Id"));
    if (entries.length === 0)
      throw new AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
    if (entries.length > 10) {
      throw new AwsError(
        "TooManyEntriesInBatchRequest",
        "The batch request contains more entries than permissible.",
      );
    }
    if (new Set(ids).size < ids.length) {
      throw new AwsError(
        "BatchEntryIdsNotDistinct",
        "Two or more batch entries in the request have the same Id.",
      );
    }
    const results = await Promise.all(
      entries.map(async (entry) => {
        const Id = text(entry, "Id");
        try {
          const publication = readPublication(topic, entry, now());
          return { Id, publication };
        } catch (error) {
          if (!(error instanceof AwsError || error instanceof InputError)) throw error;
          const Code = error instanceof AwsError ? error.code : "InvalidParameter";
          return { Id, failed: { Id, Code, Message: error.message, SenderFault: true } };
        }
      }),
    );
    const total = results.reduce((bytes, { publication }) => bytes + (publication?.bytes ?? 0), 0);
    if (total > MESSAGE_BYTES_MAX) {
      throw new AwsError(
        "BatchRequestTooLong",
        "The length of all the batch messages put together is more than the limit.",
      );
    }
    const Successful = await Promise.all(
      results.flatMap(({ Id, publication }) =>
        publication ? [publish(publication).then(() => ({ Id, MessageId: publication.messageId }))] : [],
      ),
    );
    return { Successful, Failed: results.flatMap(({ failed }) => (failed ? [failed] : [])) };
  };

  const operations: Record<string, Operation> = {
    CreateTopic: (input, call) => {
      const name = text(input, "Name");
      if (!NAME.test(name)) throw invalid("Topic Name");
      call.authorize("sns:CreateTopic", topics.arnOf(name));
      create(name, textMap(input, "Attributes"));
      return { TopicArn: topics.arnOf(name) };
    },
    DeleteTopic: (input, call) => {
      const arn = text(input, "TopicArn");
      call.authorize("sns:DeleteTopic", arn);
      topics.remove(nameInArn(arn));
      return {};
    },
    ListTopics: (_input, call) => {
      call.authorize("sns:ListTopics", topics.arnOf("*"));
      return { Topics: topics.all().map(({ name }) => ({ TopicArn: topics.arnOf(name) })) };
    },
    GetTopicAttributes: (input, call) => {
      const name = open(input, call, "GetTopicAttributes");
      return {
        Attributes: new XmlMap({
          ...topics.get(name).attributes,
          TopicArn: topics.arnOf(name),
          Owner: arns.account,
          SubscriptionsConfirmed: String(topics.subscriptions(name).length),
          SubscriptionsPending: "0",
          SubscriptionsDeleted: "0",
        }),
      };
    },
    SetTopicAttributes: (input, call) => {
      const topic = topics.get(open(input, call, "SetTopicAttributes"));
      const value = optionalText(input, "AttributeValue") ?? "";
      topics.save({ ...topic, attributes: { ...topic.attributes, [text(input, "AttributeName")]: value } });
      return {};
    },
    Subscribe: (input, call) => {
      const topic = open(input, call, "Subscribe");
      const protocol = text(input, "Protocol");
      const endpoint = text(input, "Endpoint");
      if (!PROTOCOLS.has(protocol)) throw invalid(`Does not support this protocol string: ${protocol}`);
      if (protocol === "sqs" && !endpoint.startsWith("arn:")) throw invalid("SQS endpoint ARN");
      const subscription = topics.subscribe(topic, protocol, endpoint, textMap(input, "Attributes"));
      return { SubscriptionArn: subscription.arn };
    },
    Unsubscribe: (input, call) => {
      topics.unsubscribe(openSubscription(input, call, "Unsubscribe"));
      return {};
    },
    ListSubscriptions: (_input, call) => {
      call.authorize("sns:ListSubscriptions", topics.arnOf("*"));
      return listed();
    },
    ListSubscriptionsByTopic: (input, call) => listed(open(input, call, "ListSubscriptionsByTopic")),
    GetSubscriptionAttributes: (input, call) => {
      const subscription = topics.subscription(openSubscription(input, call, "GetSubscriptionAttributes"));
      const { SubscriptionArn, ...rest } = shown(
        subscription,
        topics.arnOf(subscription.topic),
        arns.account,
      );
      return {
        Attributes: new XmlMap({
          ...subscription.attributes,
          ...rest,
          SubscriptionArn,
          PendingConfirmation: "false",
          RawMessageDelivery: String(subscription.raw),
        }),
      };
    },
    SetSubscriptionAttributes: (input, call) => {
      const arn = openSubscription(input, call, "SetSubscriptionAttributes");
      topics.setAttribute(arn, text(input, "AttributeName"), optionalText(input, "AttributeValue") ?? "");
      return {};
    },
    Publish: async (input, call) => {
      const publication = readPublication(open(input, call, "Publish"), input, now());
      await publish(publication);
      return { MessageId: publication.messageId };
    },
    PublishBatch: (input, call) => publishBatch(open(input, call, "Publish"), input),
    ListTagsForResource: () => ({ Tags: [] }),
  };

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
    close: topics.close,
  };
  return { service, ensureTopic: (name: string) => create(name) };
};
