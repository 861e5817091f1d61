import { describe, expect, it } from "vitest";
import type { Manifest, Resources, Trigger } from "#common/manifest/manifest.ts";
import { passesFilter } from "../aws/matching/filter-policy.ts";
import { matchesPattern } from "../aws/matching/pattern.ts";
import { localDeployment } from "../deployment.ts";
import type { BucketChange, BusEvent, TopicMessage } from "../seams.ts";
import { bucketEvent, formEncodedKey, namesEvent, notify } from "./notifications.ts";

const manifest = (name: string, trigger: Trigger): Manifest => ({
  name,
  description: "",
  timeoutSeconds: 1,
  memoryMb: 128,
  network: "private",
  concurrency: {},
  settings: [],
  triggers: [trigger],
  access: {},
});

const NO_RESOURCES: Resources = {
  tables: {},
  queues: {},
  topics: {},
  buckets: {},
  streams: {},
  buses: {},
  keys: {},
  settings: {},
};

const setup = (...manifests: Manifest[]) => {
  const accepted: { name: string; event: unknown }[] = [];
  const targets = new Map(
    manifests.map(({ name }) => [
      name,
      { accept: async (event: unknown) => void accepted.push({ name, event }), follow: async () => {} },
    ]),
  );
  const sent: { queue: string; body: string }[] = [];
  const resources = {
    ...NO_RESOURCES,
    queues: { files: { description: "", from: { bucket: "delivery", prefixes: ["in/", "up/"] } } },
  };
  const queues = {
    send: async (queue: string, body: string) => {
      sent.push({ queue, body });
      return { messageId: "m" };
    },
  };
  const listeners = notify(
    { manifests, resources },
    localDeployment("http://localhost:4566"),
    targets,
    queues,
    {
      matchesPattern,
      passesFilter,
    },
  );
  return { accepted, sent, listeners, names: () => accepted.map(({ name }) => name) };
};

const change: BucketChange = {
  bucket: "millrace-local-delivery",
  key: "in/two words+ü.csv",
  eventName: "ObjectCreated:Put",
  size: 3,
  eTag: '"abc"',
  versionId: "v1",
  sequencer: "0055",
  time: "2026-11-21T00:00:00.000Z",
};

describe("a queue that is fed from a bucket", () => {
  it("gets a notification of each new object under its prefixes, and of nothing else", async () => {
    const { sent, listeners } = setup();

    await listeners.onBucketChange(change);
    await listeners.onBucketChange({ ...change, key: "other/file.csv" });
    await listeners.onBucketChange({ ...change, bucket: "millrace-local-lake" });
    await listeners.onBucketChange({ ...change, eventName: "ObjectRemoved:DeleteMarkerCreated" });

    expect(sent).toEqual([{ queue: "millrace-local-files", body: expect.any(String) }]);
    expect(JSON.parse(sent[0]?.body ?? "")).toMatchObject({
      Records: [{ s3: { configurationId: "files", object: { key: "in/two+words%2B%C3%BC.csv" } } }],
    });
  });
});

describe("a bucket's notifications", () => {
  it("have S3's form, with the key as a form encodes it", () => {
    expect(bucketEvent(change, "config", "us-east-1")).toEqual({
      Records: [
        {
          eventVersion: "2.5",
          eventSource: "aws:s3",
          awsRegion: "us-east-1",
          eventTime: "2026-11-21T00:00:00.000Z",
          eventName: "ObjectCreated:Put",
          userIdentity: { principalId: expect.any(String) },
          requestParameters: { sourceIPAddress: "127.0.0.1" },
          responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
          s3: {
            s3SchemaVersion: "1.0",
            configurationId: "config",
            bucket: {
              name: "millrace-local-delivery",
              ownerIdentity: { principalId: expect.any(String) },
              arn: "arn:aws:s3:::millrace-local-delivery",
            },
            object: {
              key: "in/two+words%2B%C3%BC.csv",
              size: 3,
              eTag: "abc",
              versionId: "v1",
              sequencer: "0055",
            },
          },
        },
      ],
    });
    expect(decodeURIComponent(formEncodedKey("a/b c+&=%.csv").replaceAll("+", " "))).toBe("a/b c+&=%.csv");
  });

  it("go to the functions whose events, prefix and suffix they meet", async () => {
    const trigger = { type: "bucket", bucket: "delivery", events: ["s3:ObjectCreated:*"] } as const;
    const { listeners, names } = setup(
      manifest("all", { ...trigger, events: [...trigger.events] }),
      manifest("prefix", { ...trigger, events: ["s3:ObjectCreated:Put"], prefix: "in/", suffix: ".csv" }),
      manifest("other-prefix", { ...trigger, events: [...trigger.events], prefix: "out/" }),
      manifest("other-suffix", { ...trigger, events: [...trigger.events], suffix: ".json" }),
      manifest("removed", { ...trigger, events: ["s3:ObjectRemoved:*"] }),
      manifest("other-bucket", { ...trigger, events: [...trigger.events], bucket: "lake" }),
    );

    await listeners.onBucketChange(change);
    expect(names()).toEqual(["all", "prefix"]);
    await listeners.onBucketChange({ ...change, eventName: "ObjectRemoved:Delete" });
    expect(names()).toEqual(["all", "prefix", "removed"]);
  });

  it.each([
    ["s3:ObjectCreated:*", "ObjectCreated:CompleteMultipartUpload", true],
    ["s3:ObjectCreated:Put", "ObjectCreated:Put", true],
    ["s3:ObjectCreated:Put", "ObjectCreated:Copy", false],
    ["s3:ObjectRemoved:*", "ObjectCreated:Put", false],
  ])("%s names %s: %s", (pattern, eventName, named) => {
    expect(namesEvent(pattern, eventName)).toBe(named);
  });
});

describe("a topic's messages", () => {
  const message: TopicMessage = {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: "arn:aws:sns:us-east-1:000000000000:millrace-local-logs",
    Subject: null,
    Message: "{}",
    Timestamp: "2026-11-21T00:00:00.000Z",
    SignatureVersion: "1",
    Signature: "x",
    SigningCertUrl: "x",
    UnsubscribeUrl: "x",
    MessageAttributes: { kind: { Type: "String", Value: "app" } },
  };

  it("go to the functions whose filter they pass", async () => {
    const { listeners, accepted } = setup(
      manifest("all", { type: "topic", topic: "logs" }),
      manifest("app", { type: "topic", topic: "logs", filter: { kind: ["app"] } }),
      manifest("audit", { type: "topic", topic: "logs", filter: { kind: ["audit"] } }),
      manifest("other", { type: "topic", topic: "other" }),
    );

    await listeners.onTopicMessage("millrace-local-logs", message, {
      kind: { DataType: "String", StringValue: "app" },
    });

    const event = (name: string) => ({
      Records: [
        {
          EventSource: "aws:sns",
          EventVersion: "1.0",
          EventSubscriptionArn: `${message.TopicArn}:millrace-local-${name}`,
          Sns: message,
        },
      ],
    });
    expect(accepted).toEqual([
      { name: "all", event: event("all") },
      { name: "app", event: event("app") },
    ]);
  });
});

describe("the bus's events", () => {
  it("go to the functions whose pattern they match", async () => {
    const event: BusEvent = { id: "1", source: "millrace.data", "detail-type": "made", detail: { size: 5 } };
    const { listeners, accepted } = setup(
      manifest("source", { type: "bus", pattern: { source: [{ prefix: "millrace." }] } }),
      manifest("big", { type: "bus", pattern: { detail: { size: [{ numeric: [">", 5] }] } } }),
    );

    await listeners.onBusEvent("millrace-local-bus", event);
    await listeners.onBusEvent("another-bus", event);

    expect(accepted).toEqual([{ name: "source", event }]);
  });
});
