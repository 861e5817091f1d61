import { randomBytes } from "node:crypto";
import { type Declarations, type Manifest, type Trigger, triggersOf } from "#common/manifest/manifest.ts";
import { bucketName, type Deployment, functionArn, resourceName } from "#common/manifest/names.ts";
import type {
  AwsPort,
  BucketChange,
  BusEvent,
  MessageAttributes,
  PortListeners,
  TopicMessage,
} from "../seams.ts";
import type { AsynchronousFunction } from "./asynchronous.ts";

/** The AWS port's own matchers, which decide for subscriptions and rules. */
export type Matchers = {
  matchesPattern(pattern: Readonly<Record<string, unknown>>, event: unknown): boolean;
  passesFilter(
    policy: Readonly<Record<string, unknown>> | undefined,
    scope: "MessageAttributes",
    body: string,
    attributes: MessageAttributes,
  ): boolean;
};

/** The event of a topic's subscription. */
export const topicEvent = (message: TopicMessage, subscriptionArn: string) => ({
  Records: [
    { EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscriptionArn, Sns: message },
  ],
});

/** S3 writes keys into events as forms do: a space is `+`, slashes stay. */
export const formEncodedKey = (key: string): string =>
  new URLSearchParams({ k: key }).toString().slice(2).replaceAll("%2F", "/");

/** The event of a bucket's notification. */
export const bucketEvent = (change: BucketChange, configurationId: string, awsRegion: string) => ({
  Records: [
    {
      eventVersion: "2.5",
      eventSource: "aws:s3",
      awsRegion,
      eventTime: change.time,
      eventName: change.eventName,
      userIdentity: { principalId: "AWS:LOCAL" },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: {
        "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
        "x-amz-id-2": randomBytes(32).toString("base64"),
      },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId,
        bucket: {
          name: change.bucket,
          ownerIdentity: { principalId: "LOCAL" },
          arn: `arn:aws:s3:::${change.bucket}`,
        },
        object: {
          key: formEncodedKey(change.key),
          ...(change.size === undefined ? {} : { size: change.size }),
          ...(change.eTag === undefined ? {} : { eTag: change.eTag.replaceAll('"', "") }),
          ...(change.versionId === undefined ? {} : { versionId: change.versionId }),
          sequencer: change.sequencer,
        },
      },
    },
  ],
});

/** Whether `s3:ObjectCreated:*` or `s3:ObjectCreated:Put` includes `ObjectCreated:Put`. */
export const namesEvent = (pattern: string, eventName: string): boolean =>
  pattern.endsWith("*") ? `s3:${eventName}`.startsWith(pattern.slice(0, -1)) : pattern === `s3:${eventName}`;

type Wired<T extends Trigger["type"]> = {
  manifest: Manifest;
  trigger: Extract<Trigger, { type: T }>;
  target: AsynchronousFunction;
};

/**
 * Puts notifications of topics, buckets and the bus on the queues of the functions whose triggers match, and those of
 * buckets on the queues that are fed from them.
 */
export const notify = (
  { manifests, resources }: Pick<Declarations, "manifests" | "resources">,
  deployment: Deployment,
  targets: ReadonlyMap<string, AsynchronousFunction>,
  queues: Pick<AwsPort["queues"], "send">,
  { matchesPattern, passesFilter }: Matchers,
): PortListeners => {
  const wired = <T extends Trigger["type"]>(type: T): Wired<T>[] =>
    manifests.flatMap((manifest) => {
      const target = targets.get(manifest.name);
      return target === undefined
        ? []
        : triggersOf(manifest, type).map((trigger) => ({ manifest, trigger, target }));
    });
  const topics = wired("topic");
  const buckets = wired("bucket");
  const rules = wired("bus");
  const bus = resourceName(deployment, "bus");
  const fed = Object.entries(resources.queues).flatMap(([queue, { from }]) =>
    from ? [{ queue, from }] : [],
  );

  const onTopicMessage = async (
    topic: string,
    message: TopicMessage,
    attributes: MessageAttributes,
  ): Promise<void> => {
    const wanted = topics.filter(
      ({ trigger }) =>
        resourceName(deployment, trigger.topic) === topic &&
        passesFilter(trigger.filter, "MessageAttributes", message.Message, attributes),
    );
    await Promise.all(
      wanted.map(({ manifest, target }) =>
        target.accept(topicEvent(message, `${message.TopicArn}:${resourceName(deployment, manifest.name)}`)),
      ),
    );
  };

  const onBucketChange = async (change: BucketChange): Promise<void> => {
    const wanted = buckets.filter(
      ({ trigger: { bucket, events, prefix = "", suffix = "" } }) =>
        bucketName(deployment, bucket) === change.bucket &&
        events.some((pattern) => namesEvent(pattern, change.eventName)) &&
        change.key.startsWith(prefix) &&
        change.key.endsWith(suffix),
    );
    const fedQueues = fed.filter(
      ({ from: { bucket, prefixes, events = ["s3:ObjectCreated:*"] } }) =>
        bucketName(deployment, bucket) === change.bucket &&
        events.some((event) => namesEvent(event, change.eventName)) &&
        prefixes.some((prefix) => change.key.startsWith(prefix)),
    );
    await Promise.all([
      ...wanted.map(({ manifest, target }) =>
        target.accept(bucketEvent(change, functionArn(deployment, manifest), deployment.region)),
      ),
      ...fedQueues.map(({ queue }) =>
        queues.send(
          resourceName(deployment, queue),
          JSON.stringify(bucketEvent(change, queue, deployment.region)),
        ),
      ),
    ]);
  };

  const onBusEvent = async (name: string, event: BusEvent): Promise<void> => {
    if (name !== bus) return;
    const wanted = rules.filter(({ trigger }) => matchesPattern(trigger.pattern, event));
    await Promise.all(wanted.map(({ target }) => target.accept(event)));
  };

  return { onTopicMessage, onBucketChange, onBusEvent };
};
