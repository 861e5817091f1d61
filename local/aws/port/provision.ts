import type { Declarations, Resources, TableResource } from "#common/manifest/manifest.ts";
import { hasOwnDeadLetters } from "#common/manifest/manifest.ts";
import {
  bucketName,
  type Deployment,
  deadLetterName,
  keyAlias,
  resourceName,
  streamErrorPrefix,
  streamNames,
  streamPrefix,
} from "#common/manifest/names.ts";
import { PARTITIONS_MAX, type StreamSettings } from "../firehose/stream.ts";
import type { Arns } from "./arn.ts";
import { AwsError } from "./errors.ts";
import { type Input, isRecord, type Output, records } from "./input.ts";

const FOURTEEN_DAYS = String(14 * 24 * 60 * 60);
const DEFAULT_MAX_RECEIVE_COUNT = 10;

const keySchema = ({ partitionKey, sortKey }: Pick<TableResource, "partitionKey" | "sortKey">) => [
  { AttributeName: partitionKey.name, KeyType: "HASH" },
  ...(sortKey ? [{ AttributeName: sortKey.name, KeyType: "RANGE" }] : []),
];

const projected = ([IndexName, index]: readonly [
  string,
  Pick<TableResource, "partitionKey" | "sortKey">,
]) => ({
  IndexName,
  KeySchema: keySchema(index),
  Projection: { ProjectionType: "ALL" },
});

/** CreateTable's request for a declared table, as Terraform makes it. */
const tableRequest = (TableName: string, table: TableResource): Input => {
  const indexes = Object.entries(table.indexes ?? {});
  const local = Object.entries(table.localIndexes ?? {}).map(
    ([name, { sortKey }]) => [name, { partitionKey: table.partitionKey, sortKey }] as const,
  );
  const keys = [table, ...[...indexes, ...local].map(([, index]) => index)].flatMap(
    ({ partitionKey, sortKey }) => [partitionKey, ...(sortKey ? [sortKey] : [])],
  );
  const types = new Map(keys.map(({ name, type }) => [name, type]));
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keySchema(table),
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(projected) }),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local.map(projected) }),
    ...(table.stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream } } : {}),
  };
};

type Provisioned = {
  call(service: string, operation: string, input: Input): Promise<Output>;
  queues: {
    has(name: string): boolean;
    create(name: string, attributes: Record<string, string>): void;
    update(name: string, attributes: Record<string, string>): void;
  };
  ensureKey(alias: string): void;
  ensureTopic(name: string, attributes: Record<string, string>): void;
  ensureSubscription(
    topic: string,
    protocol: string,
    endpoint: string,
    attributes: Record<string, string>,
  ): void;
  ensureStream(settings: StreamSettings): void;
  ensureBus(name: string): void;
  ensureBucket(name: string, settings: { objectLock: boolean }): void;
};

const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof AwsError && error.code === code)) throw error;
};

/** Adds the indexes that were declared after the table was made. */
const addIndexes = async (name: string, table: TableResource, port: Provisioned) => {
  const { AttributeDefinitions, GlobalSecondaryIndexes } = tableRequest(name, table);
  const { Table } = await port.call("dynamodb", "DescribeTable", { TableName: name });
  const there = isRecord(Table)
    ? records(Table, "GlobalSecondaryIndexes").map(({ IndexName }) => IndexName)
    : [];
  for (const index of records({ GlobalSecondaryIndexes }, "GlobalSecondaryIndexes")) {
    if (there.includes(index.IndexName)) continue;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await port.call("dynamodb", "UpdateTable", {
      TableName: name,
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates,
    });
  }
};

const provisionTable = async (name: string, table: TableResource, port: Provisioned) => {
  await port
    .call("dynamodb", "CreateTable", tableRequest(name, table))
    .catch(unless("ResourceInUseException"));
  // Dynalite makes a table active a tick later.
  for (let tries = 0; tries < 1000; tries += 1) {
    const { Table } = await port.call("dynamodb", "DescribeTable", { TableName: name });
    if (Table && Reflect.get(Table, "TableStatus") === "ACTIVE") break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await addIndexes(name, table, port);
  if (table.timeToLive) {
    const TimeToLiveSpecification = { AttributeName: table.timeToLive, Enabled: true };
    await port
      .call("dynamodb", "UpdateTimeToLive", { TableName: name, TimeToLiveSpecification })
      .catch(unless("ValidationException"));
  }
  if (table.stream) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: table.stream };
    const { Table } = await port.call("dynamodb", "DescribeTable", { TableName: name });
    if (Table && Reflect.get(Table, "LatestStreamArn") === undefined) {
      await port.call("dynamodb", "UpdateTable", { TableName: name, StreamSpecification });
    }
  }
};

/** How many delivery streams there are of a declared name, and how long they gather what they get. */
export type LocalStreams = { count: number; bufferMs: number; transformMs: number; partitionsMax?: number };

export type ProvisionOptions = {
  /** Visibility time-out of a declared queue (its name in resources.json); else 30 seconds. */
  visibilitySecondsOf?: ((queue: string) => number) | undefined;
  streamSettingsOf?: ((stream: string) => LocalStreams) | undefined;
};

const STREAMS: LocalStreams = { count: 1, bufferMs: 1_000, transformMs: 100 };

const MIB = 1_048_576;

/** A stream gets what is meant for it; the first also what is meant for none that there is. */
const filterOf = (number: number, count: number): Record<string, string> => {
  if (count === 1) return {};
  const others = Array.from({ length: count - 1 }, (_, at) => String(at + 1));
  const policy =
    number > 0
      ? { stream: [String(number)] }
      : { $or: [{ stream: [{ exists: false }] }, { stream: [{ "anything-but": others }] }] };
  return { FilterPolicy: JSON.stringify(policy) };
};

/** The delivery streams and their subscriptions, as Terraform makes them. */
const provisionStreams = (
  { streams }: Pick<Resources, "streams">,
  deployment: Deployment,
  arns: Arns,
  settingsOf: (stream: string) => LocalStreams = () => STREAMS,
  port: Pick<Provisioned, "ensureStream" | "ensureSubscription">,
): void => {
  for (const [stream, declared] of Object.entries(streams)) {
    const { topic, undelivered, bucket } = declared;
    const dead = arns.at("sqs", resourceName(deployment, deadLetterName(undelivered)));
    const { count, bufferMs, transformMs, partitionsMax = PARTITIONS_MAX } = settingsOf(stream);
    for (const [number, own] of streamNames(stream, count).entries()) {
      const name = resourceName(deployment, own);
      port.ensureStream({
        name,
        bucket: bucketName(deployment, bucket),
        prefix: streamPrefix(declared),
        errorPrefix: streamErrorPrefix(declared),
        bufferMs,
        bufferBytes: 128 * MIB,
        transformMs,
        transformBytes: MIB,
        partitionsMax,
      });
      port.ensureSubscription(
        resourceName(deployment, topic),
        "firehose",
        arns.at("firehose", `deliverystream/${name}`),
        {
          RawMessageDelivery: "true",
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }),
          SubscriptionRoleArn: `arn:aws:iam::${deployment.accountId}:role/${resourceName(deployment, `${stream}-topic`)}`,
          ...filterOf(number, count),
        },
      );
    }
  }
};

/** Creates declared resources that are missing. Existing ones keep their data, and nothing is removed. */
export const provision = async (
  { resources, manifests }: Pick<Declarations, "resources" | "manifests">,
  deployment: Deployment,
  arns: Arns,
  { visibilitySecondsOf, streamSettingsOf }: ProvisionOptions,
  port: Provisioned,
): Promise<void> => {
  const ensureQueue = (name: string, attributes: Record<string, string>) =>
    port.queues.has(name) ? port.queues.update(name, attributes) : port.queues.create(name, attributes);

  for (const [queue, { maxReceiveCount }] of Object.entries(resources.queues)) {
    const name = resourceName(deployment, queue);
    const dead = resourceName(deployment, deadLetterName(queue));
    const visibility = visibilitySecondsOf?.(queue);
    ensureQueue(dead, { MessageRetentionPeriod: FOURTEEN_DAYS });
    ensureQueue(name, {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: arns.at("sqs", dead),
        maxReceiveCount: maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT,
      }),
      ...(visibility === undefined ? {} : { VisibilityTimeout: String(visibility) }),
    });
  }
  for (const manifest of manifests.filter(hasOwnDeadLetters)) {
    ensureQueue(resourceName(deployment, deadLetterName(manifest.name)), {
      MessageRetentionPeriod: FOURTEEN_DAYS,
    });
  }
  for (const key of Object.keys(resources.keys)) port.ensureKey(keyAlias(deployment, key));
  for (const [topic, { maximumMessageBytes }] of Object.entries(resources.topics)) {
    const limit =
      maximumMessageBytes === undefined ? {} : { MaximumMessageSize: String(maximumMessageBytes) };
    port.ensureTopic(resourceName(deployment, topic), limit);
  }
  for (const bus of Object.keys(resources.buses)) port.ensureBus(resourceName(deployment, bus));
  for (const [bucket, { objectLock = false }] of Object.entries(resources.buckets)) {
    port.ensureBucket(`${resourceName(deployment, bucket)}${deployment.bucketSuffix}`, { objectLock });
  }
  provisionStreams(resources, deployment, arns, streamSettingsOf, port);
  await Promise.all(
    Object.entries(resources.tables).map(([name, table]) =>
      provisionTable(resourceName(deployment, name), table, port),
    ),
  );
};
