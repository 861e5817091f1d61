/** What `function.json` and `resources.json` say; their JSON Schemas in `functions/` describe each field. */

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Route = `${Method} /${string}`;

export type HttpTrigger = {
  type: "http";
  route: Route;
  /** The one role that opens the route; null makes it public. */
  role: string | null;
  throttle?: { ratePerSecond: number; burst: number };
};
export type AuthorizerTrigger = { type: "authorizer" };
export type QueueTrigger = {
  type: "queue";
  queue: string;
  batchSize?: number;
  windowSeconds?: number;
  maximumConcurrency?: number;
};
export type TopicTrigger = { type: "topic"; topic: string; filter?: Record<string, unknown> };
export type BucketTrigger = {
  type: "bucket";
  bucket: string;
  events: string[];
  prefix?: string;
  suffix?: string;
};
export type BusTrigger = { type: "bus"; pattern: Record<string, unknown> };
export type ScheduleTrigger = {
  type: "schedule";
  /** `rate(1 day)` or `cron(0 3 * * ? *)`, as EventBridge Scheduler reads it. */
  expression: string;
  /** IANA name; UTC if it is not said. */
  timezone?: string;
};
export type TableTrigger = {
  type: "table";
  table: string;
  /** Lambda's filter pattern on the stream's record; what it does not match invokes nothing. */
  filter?: Record<string, unknown>;
  batchSize?: number;
  windowSeconds?: number;
};

/** Records of a delivery stream, to be transformed before they are delivered. */
export type DeliveryStreamTrigger = { type: "delivery-stream"; stream: string };

/** The lines that close the invocations of all functions but these, asynchronous. */
export type LogLinesTrigger = { type: "log-lines"; except: string[] };

export type Trigger =
  | HttpTrigger
  | AuthorizerTrigger
  | QueueTrigger
  | TopicTrigger
  | BucketTrigger
  | BusTrigger
  | ScheduleTrigger
  | TableTrigger
  | DeliveryStreamTrigger
  | LogLinesTrigger;

export const RESOURCE_KINDS = [
  "tables",
  "queues",
  "topics",
  "buckets",
  "buses",
  "keys",
  "streams",
  "athena",
  "secrets",
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export type Access = Partial<Record<ResourceKind, Record<string, string | string[]>>>;

export type Manifest = {
  /** The folder's name, which is also the zip's, the log field `service` and Terraform's key. */
  name: string;
  description: string;
  timeoutSeconds: number;
  memoryMb: number;
  network: "none" | "private" | "egress";
  concurrency: { reserved?: number; provisioned?: number };
  settings: string[];
  triggers: Trigger[];
  access: Access;
};

export type Key = { name: string; type: "S" | "N" | "B" };
export type TableResource = {
  description: string;
  partitionKey: Key;
  sortKey?: Key;
  indexes?: Record<string, { partitionKey: Key; sortKey?: Key }>;
  localIndexes?: Record<string, { sortKey: Key }>;
  timeToLive?: string;
  stream?: "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";
};
export type QueueResource = {
  description: string;
  maxReceiveCount?: number;
  /** How long a taken message stays hidden, where six times the consumer's time-out is wrong. */
  visibilitySeconds?: number;
  /** The bucket whose objects under these prefixes it gets notifications of; where no events are named, of new ones. */
  from?: { bucket: string; prefixes: string[]; events?: string[] };
};
/** Delivery streams of one purpose, `<name>`, `<name>-1`, …: one of them has a limited number of partitions open. */
export type StreamResource = {
  description: string;
  /** The setting that says how many there are. */
  countSetting: string;
  /** The topic whose messages they get, each stream those of its number (message attribute `stream`). */
  topic: string;
  /** The queue on whose dead-letter queue messages go that the topic could not put on a stream. */
  undelivered: string;
  bucket: string;
  /** What its function's partition keys are called, in the order of the folders. */
  partitionKeys: string[];
  /** Where delivered objects begin, and those of what could not be delivered. */
  prefix: string;
  errorPrefix: string;
  /** How long records are gathered before they are delivered, and before the function is invoked. */
  bufferSeconds: number;
  transformSeconds: number;
};
export type Resources = {
  tables: Record<string, TableResource>;
  queues: Record<string, QueueResource>;
  topics: Record<string, { description: string; maximumMessageBytes?: number }>;
  buckets: Record<
    string,
    {
      description: string;
      expireDays?: number;
      expireDaysByPrefix?: Record<string, number>;
      objectLock?: boolean;
    }
  >;
  buses: Record<string, { description: string; archiveDays?: number }>;
  keys: Record<string, { description: string; kind: "hmac" }>;
  streams: Record<string, StreamResource>;
  /** Workgroups; each has a role, `<name>-reader`, whose sessions query one organization's folders. */
  athena?: Record<string, { description: string; bucket: string; scanBytesMax: number }>;
  /** In Secrets Manager, without a value until a person puts one there. */
  secrets?: Record<string, { description: string }>;
  settings: Record<string, string>;
};

/** Actions behind each right, the AWS service prefix, and the ending of the environment variable. */
export type RightsTable = Record<
  ResourceKind,
  { service: string; variable: string; rights: Record<string, string[]> }
>;

/** Everything that is declared in one `functions/` folder. */
export type Declarations = {
  /** Absolute path of the folder. */
  folder: string;
  manifests: Manifest[];
  resources: Resources;
  rights: RightsTable;
};

/** Triggers through which AWS invokes a function asynchronously: two retries, then its own dead-letter queue. */
const ASYNCHRONOUS: ReadonlySet<Trigger["type"]> = new Set([
  "topic",
  "bucket",
  "bus",
  "schedule",
  "log-lines",
]);

export const isAsynchronous = (manifest: Manifest): boolean =>
  manifest.triggers.some(({ type }) => ASYNCHRONOUS.has(type));

/**
 * Whether the function has a dead-letter queue of its own, `<function>-dead`: it is invoked
 * asynchronously or reads a table's stream. A queue's messages have their queue's instead.
 */
export const hasOwnDeadLetters = (manifest: Manifest): boolean =>
  isAsynchronous(manifest) || manifest.triggers.some(({ type }) => type === "table");

export const triggersOf = <T extends Trigger["type"]>(
  manifest: Manifest,
  type: T,
): Extract<Trigger, { type: T }>[] =>
  manifest.triggers.filter((trigger): trigger is Extract<Trigger, { type: T }> => trigger.type === type);
