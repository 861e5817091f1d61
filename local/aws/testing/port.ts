import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";

export { eventually } from "#common/testing/eventually.ts";

import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import type { AwsPort, BucketChange, BusEvent, MessageAttributes, TopicMessage } from "../../seams.ts";
import { permissionsFrom } from "../port/permissions.ts";
import { type AwsPortOptions, startAwsPort } from "../port/port.ts";

export const testDeployment: Deployment = {
  environment: "local",
  region: "us-east-1",
  accountId: "000000000000",
  partition: "aws",
  queueOrigin: "http://localhost:4566",
  bucketSuffix: "",
};

const testManifest = (name: string, more: Partial<Manifest> = {}): Manifest => ({
  name,
  description: "",
  timeoutSeconds: 10,
  memoryMb: 256,
  network: "private",
  concurrency: {},
  settings: [],
  triggers: [],
  access: {},
  ...more,
});

/** What the tests declare: one thing of each kind, and one function that may use some of it. */
export const testDeclarations: Declarations = {
  folder: "",
  manifests: [
    testManifest("orders-writer", {
      triggers: [{ type: "queue", queue: "orders" }],
      access: {
        tables: { orders: "write" },
        topics: { news: "publish" },
        buses: { bus: "publish" },
        buckets: { files: ["read", "write"] },
        keys: { seal: "mac" },
        queues: { mail: "send" },
      },
    }),
    testManifest("orders-reader", {
      triggers: [{ type: "topic", topic: "news" }],
      access: { tables: { orders: "read" } },
    }),
  ],
  resources: {
    tables: {
      orders: {
        description: "",
        partitionKey: { name: "owner", type: "S" },
        sortKey: { name: "id", type: "S" },
        indexes: {
          byState: { partitionKey: { name: "state", type: "S" }, sortKey: { name: "id", type: "S" } },
        },
        localIndexes: { byDate: { sortKey: { name: "date", type: "S" } } },
        timeToLive: "expiresAt",
        stream: "NEW_AND_OLD_IMAGES",
      },
      plain: { description: "", partitionKey: { name: "id", type: "S" } },
    },
    queues: { orders: { description: "", maxReceiveCount: 2 }, mail: { description: "" } },
    topics: { news: { description: "" } },
    buckets: { files: { description: "" } },
    buses: { bus: { description: "" } },
    keys: { seal: { description: "", kind: "hmac" } },
    streams: {},
    settings: {},
  },
  rights: {
    tables: {
      service: "dynamodb",
      variable: "TABLE",
      rights: {
        read: ["GetItem", "BatchGetItem", "Query"],
        write: ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"],
      },
    },
    queues: {
      service: "sqs",
      variable: "QUEUE_URL",
      rights: {
        send: ["SendMessage"],
        consume: ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"],
      },
    },
    topics: { service: "sns", variable: "TOPIC_ARN", rights: { publish: ["Publish"] } },
    buckets: {
      service: "s3",
      variable: "BUCKET",
      rights: { read: ["GetObject"], write: ["PutObject"], delete: ["DeleteObject"], list: ["ListBucket"] },
    },
    buses: { service: "events", variable: "NAME", rights: { publish: ["PutEvents"] } },
    keys: { service: "kms", variable: "KEY_ID", rights: { mac: ["GenerateMac"] } },
    streams: { service: "firehose", variable: "STREAM", rights: { put: ["PutRecord", "PutRecordBatch"] } },
    athena: { service: "sts", variable: "READER_ROLE_ARN", rights: { query: ["AssumeRole"] } },
    secrets: { service: "secretsmanager", variable: "SECRET_ID", rights: { read: ["GetSecretValue"] } },
  },
};

/** What the port notified its listeners of. */
type Notified = {
  topics: { topic: string; message: TopicMessage; attributes: MessageAttributes }[];
  buckets: BucketChange[];
  events: { bus: string; event: BusEvent }[];
};

export type TestPort = AwsPort & { folder: string; notified: Notified };

/** A port on a free port with data in a folder of its own, which is removed when it closes unless it was given. */
export const startTestPort = async (options: Partial<AwsPortOptions> = {}): Promise<TestPort> => {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), "aws-port-"));
  const notified: Notified = { topics: [], buckets: [], events: [] };
  const port = await startAwsPort({
    port: 0,
    declarations: testDeclarations,
    deployment: testDeployment,
    permissions: permissionsFrom(testDeclarations, testDeployment),
    listeners: {
      onTopicMessage: async (topic, message, attributes) =>
        void notified.topics.push({ topic, message, attributes }),
      onBucketChange: async (change) => void notified.buckets.push(change),
      onBusEvent: async (bus, event) => void notified.events.push({ bus, event }),
    },
    chaos: { share: 0, random: Math.random },
    log: (message, details) => console.error(message, details),
    ...options,
    dataFolder: folder,
  }).catch((error) => {
    if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    ...port,
    folder,
    notified,
    close: async () => {
      await port.close();
      if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** SDK clients as a function (or the operator, `local`) makes them. */
export const clientsFor = (endpoint: string, accessKeyId = "local", maxAttempts = 1) => {
  const config = {
    endpoint,
    region: "us-east-1",
    maxAttempts,
    credentials: { accessKeyId, secretAccessKey: "local" },
  };
  return {
    dynamodb: new DynamoDBClient(config),
    events: new EventBridgeClient(config),
    kms: new KMSClient(config),
    s3: new S3Client({
      ...config,
      endpoint: endpoint.replace("localhost", "127.0.0.1"),
      forcePathStyle: true,
    }),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
};
export type Clients = ReturnType<typeof clientsFor>;

/** How a call was rejected: the SDK's name of the error, its status, and the error itself. */
export const failureOf = async (
  call: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; error: Error }> => {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = Reflect.get(error, "$metadata");
    const status =
      typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "httpStatusCode") : undefined;
    return { name: error.name, status: typeof status === "number" ? status : undefined, error };
  }
  throw new Error("the call was expected to fail");
};
