/**
 * The seams of the local platform. The AWS port (`local/aws/`) emulates services and knows nothing of
 * functions; the runtime (`local/runtime/`) runs bundles and knows nothing of services; the event
 * sources (`local/sources/`) carry from one to the other; the front door (`local/gateway/`) is the
 * REST API. `local/platform.ts` puts them together.
 */

/** The outcome of an invocation, as Lambda's Invoke API answers it. */
export type Invocation =
  | { outcome: "answered"; payload: unknown }
  | {
      /** Thrown by the handler, timed out, out of memory, or killed (`X-Amz-Function-Error`). */
      outcome: "failed";
      error: { errorType: string; errorMessage: string; trace?: string[] };
    };

export type InvokeOptions = {
  /** Lambda's request id, the same for every attempt at one asynchronous event; made up if absent. */
  requestId?: string;
  /** Asynchronous events may have 1 MB, others 6 MB. */
  asynchronous?: boolean;
};

export type Invoker = {
  /** Runs the function (by its manifest's name) once; never rejects for what the function does. */
  invoke(functionName: string, event: unknown, options?: InvokeOptions): Promise<Invocation>;
};

/** An SQS message as a Lambda event's record carries it, less what the event source adds. */
export type QueueMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  attributes: {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    SenderId: string;
    ApproximateFirstReceiveTimestamp: string;
    AWSTraceHeader?: string;
    MessageGroupId?: string;
    DeadLetterQueueSourceArn?: string;
  };
  messageAttributes: Record<string, { stringValue?: string; binaryValue?: string; dataType: string }>;
};

export type MessageAttributes = Record<
  string,
  { DataType: string; StringValue?: string; BinaryValue?: string }
>;

/** In-process use of the queues, for event sources. Names are full names (`millrace-local-records`). */
export type Queues = {
  send(
    queue: string,
    body: string,
    options?: { attributes?: MessageAttributes; delaySeconds?: number },
  ): Promise<{ messageId: string }>;
  /** Waits up to `waitMs` for the first message; an aborted wait answers with none. */
  receive(
    queue: string,
    options: { max: number; waitMs: number; visibilitySeconds?: number; signal?: AbortSignal },
  ): Promise<QueueMessage[]>;
  delete(queue: string, receiptHandles: string[]): Promise<void>;
  changeVisibility(queue: string, receiptHandle: string, seconds: number): Promise<void>;
  /** Shows all messages in flight at once, because their receivers ended with the platform that ran before. */
  release(queue: string): Promise<void>;
  /** Visible, in flight, delayed. */
  depth(queue: string): { visible: number; inFlight: number; delayed: number };
  /** Makes a queue that is no AWS resource (an asynchronous invocation queue), if it is not there. */
  createInternal(queue: string): void;
};

/** The `Sns` part of a Lambda record for a topic. */
export type TopicMessage = {
  Type: "Notification";
  MessageId: string;
  TopicArn: string;
  Subject: string | null;
  Message: string;
  Timestamp: string;
  SignatureVersion: string;
  Signature: string;
  SigningCertUrl: string;
  UnsubscribeUrl: string;
  MessageAttributes: Record<string, { Type: string; Value: string }>;
};

export type BucketChange = {
  bucket: string;
  /** Not encoded; the event source form-encodes it. */
  key: string;
  /** Without `s3:`, for example `ObjectCreated:Put`. */
  eventName: string;
  size?: number;
  eTag?: string;
  versionId?: string;
  sequencer: string;
  time: string;
};

/** A change record as Lambda's DynamoDB stream event carries it. */
export type TableChange = {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  eventVersion: "1.1";
  eventSource: "aws:dynamodb";
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    OldImage?: Record<string, unknown>;
    /** Grows per table; digits. */
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  userIdentity?: { type: "Service"; principalId: "dynamodb.amazonaws.com" };
};

/** Changes of tables with a stream, kept for 24 hours and across restarts. Names are full names. */
export type TableStreams = {
  /** Records after a sequence number (`"0"`: from the start), oldest first. Waits up to `waitMs` for one. */
  read(
    table: string,
    after: string,
    options: { max: number; waitMs: number; signal?: AbortSignal },
  ): Promise<TableChange[]>;
  /** How far a reader got; durable. */
  checkpoint(table: string, reader: string): string;
  saveCheckpoint(table: string, reader: string, sequenceNumber: string): void;
};

/** A record that a delivery stream took, or a part of one that held several. */
export type StreamRecord = { recordId: string; arrivedAt: number; data: Buffer };

/** Records that go to the stream's function together. */
export type TransformBatch = { stream: string; records: StreamRecord[] };

/** What the function made of a record. */
export type TransformedRecord =
  | { recordId: string; result: "Ok"; data: Buffer; partitionKeys: Readonly<Record<string, string>> }
  | { recordId: string; result: "Dropped" | "ProcessingFailed" };

/** Why a batch was not transformed, after all its attempts. */
export type TransformFailure = {
  errorCode: string;
  errorMessage: string;
  attempts: number;
  functionArn: string;
};

/** Delivery streams; names are full names (`millrace-local-logs`). What was taken is on disk. */
export type DeliveryStreams = {
  /** Waits for records that have gathered; a batch comes once, and again after a restart unless it was settled. */
  take(stream: string, options: { waitMs: number; signal: AbortSignal }): Promise<TransformBatch | undefined>;
  /** The records of the batch are on their way into their folders, dropped, or kept as failures. */
  settle(batch: TransformBatch, results: readonly TransformedRecord[], functionArn: string): Promise<void>;
  /** All records of the batch are kept as failures. */
  fail(batch: TransformBatch, failure: TransformFailure): Promise<void>;
  /** The batch comes again. */
  release(batch: TransformBatch): void;
  /** Whether the stream refuses records for now, as one does that is over its quota. */
  throttle(stream: string, throttled: boolean): void;
  /** Records that wait for the function, and those that wait to be delivered. */
  depth(stream: string): { waiting: number; buffered: number };
};

/** A bus event with its envelope: version, id, detail-type, source, account, time, region, resources, detail. */
export type BusEvent = Record<string, unknown> & { id: string; source: string; "detail-type": string };

/**
 * How the AWS port notifies the event sources. Each listener is awaited before the AWS call is answered, so
 * that nothing accepted is lost: a listener only puts messages on a durable queue.
 */
export type PortListeners = {
  onTopicMessage(topic: string, message: TopicMessage, attributes: MessageAttributes): Promise<void>;
  onBucketChange(change: BucketChange): Promise<void>;
  onBusEvent(bus: string, event: BusEvent): Promise<void>;
};

/** How the AWS port decides whether a caller may do something. */
export type Permissions = {
  /** `local` may do everything; a function's name may do what its manifest grants; no other caller exists. */
  exists(accessKeyId: string): boolean;
  /** A KMS key is asked for by the ARN of the alias that named it (`arn:…:kms:…:alias/millrace-local-cursors`). */
  allows(accessKeyId: string, action: string, resourceArn: string): boolean;
};

/** Faults on demand: a share (0 to 1) of calls fails the way AWS fails. Can be changed while running. */
export type Chaos = { share: number; random: () => number };

/** One AWS call of a function or of the operator, and what it consumed of DynamoDB's capacity. */
export type CountedCall = {
  /** The function's name, or `operator`. */
  function: string;
  service: string;
  action: string;
  /** Answered with an error, or not at all. */
  failed: boolean;
  throttled: boolean;
  readUnits: number;
  writeUnits: number;
};

/** The calls of one function to one action of a service, added up. */
export type CallSum = Pick<CountedCall, "function" | "service" | "action" | "readUnits" | "writeUnits"> & {
  calls: number;
  failed: number;
  /** Those of `failed` that were throttled. */
  throttled: number;
};

export type CallCounts = {
  /**
   * Sums of the calls since a time (Unix milliseconds), or since the start. The answer says since when it
   * counts, because old calls are not kept to the millisecond, and up to when.
   */
  since(time?: number): { since: number; now: number; items: CallSum[] };
};

export type AwsPort = {
  /** `http://localhost:<port>` */
  url: string;
  port: number;
  queues: Queues;
  streams: TableStreams;
  deliveryStreams: DeliveryStreams;
  calls: CallCounts;
  /** Stops taking calls, finishes those that run, closes the stores. */
  close(): Promise<void>;
};
