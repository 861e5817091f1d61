import type { DeliveryStreams } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import type { Operation, OperationService } from "../port/service.ts";
import type { FirehoseAction, FirehoseContext } from "./context.ts";
import type { PutFile } from "./delivery.ts";
import { type DeliveryStream, makeDeliveryStream } from "./delivery-stream.ts";
import { describeDeliveryStream } from "./describe-delivery-stream.ts";
import { listDeliveryStreams } from "./list-delivery-streams.ts";
import { putRecord } from "./put-record.ts";
import { putRecordBatch } from "./put-record-batch.ts";
import { FIREHOSE_SCHEMA, openFirehoseStore } from "./store.ts";
import type { StreamSettings } from "./stream.ts";

const ACTIONS: Readonly<Record<string, FirehoseAction>> = {
  PutRecord: putRecord,
  PutRecordBatch: putRecordBatch,
  DescribeDeliveryStream: describeDeliveryStream,
  ListDeliveryStreams: listDeliveryStreams,
};

export type FirehoseOptions = {
  file: string;
  arns: Arns;
  putFile: PutFile;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

/**
 * Delivery streams to S3 with dynamic partitioning: each is made with `ensure`, and its function is invoked by the
 * event sources, which take batches and settle them.
 */
export const openFirehose = ({ file, arns, putFile, log, now }: FirehoseOptions) => {
  const database = openDatabase(file, FIREHOSE_SCHEMA);
  const store = openFirehoseStore(database);
  const streams = new Map<string, DeliveryStream>();
  const context: FirehoseContext = { arns, streams };
  const operations: Record<string, Operation> = Object.fromEntries(
    Object.entries(ACTIONS).map(([name, action]) => [name, action(context)]),
  );

  const service: OperationService = {
    kind: "operations",
    name: "firehose",
    protocols: ["json"],
    targets: ["Firehose_20150804"],
    errorPrefix: "",
    jsonVersion: "1.1",
    inputError: { missing: "SerializationException", invalid: "SerializationException" },
    throttling: { code: "ServiceUnavailableException", status: 500 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "",
    operations,
    close: async () => {
      await Promise.all([...streams.values()].map((stream) => stream.close()));
      database.close();
    },
  };

  const named = (name: string): DeliveryStream => {
    const stream = streams.get(name);
    if (!stream) throw new Error(`there is no delivery stream ${name}`);
    return stream;
  };

  const contract: DeliveryStreams = {
    take: (stream, { waitMs, signal }) => named(stream).take(waitMs, signal),
    settle: (batch, results, functionArn) => named(batch.stream).settle(batch, results, functionArn),
    fail: (batch, failure) => named(batch.stream).fail(batch, failure),
    release: (batch) => named(batch.stream).release(batch),
    throttle: (stream, throttled) => named(stream).throttle(throttled),
    depth: (stream) => named(stream).depth(),
  };

  return {
    service,
    contract,
    /** Makes the stream, and takes up what it had not delivered when the platform ended. */
    ensure: (settings: StreamSettings): void => {
      const stream = makeDeliveryStream({ settings, store, putFile, log, now });
      streams.set(settings.name, stream);
      const isOwn = (one: { stream: string }) => one.stream === settings.name;
      stream.resume(store.records().filter(isOwn), store.outputs().filter(isOwn));
    },
    /** For a topic's subscription; false when there is no such stream. */
    put: async (name: string, data: Buffer): Promise<boolean> => {
      const stream = streams.get(name);
      if (!stream) return false;
      if (stream.isThrottled()) throw new Error(`the delivery stream ${name} is throttled`);
      await stream.put([data]);
      return true;
    },
  };
};
