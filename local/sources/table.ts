import { randomUUID } from "node:crypto";
import type { Manifest, TableTrigger } from "#common/manifest/manifest.ts";
import { aliasArn, deadLetterName, resourceName } from "#common/manifest/names.ts";
import type { Invocation, TableChange } from "../seams.ts";
import { failedItems } from "./batch-failures.ts";
import type { Matchers } from "./notifications.ts";
import { POLL_MS, pause, repeat, type SourceOptions } from "./source.ts";

const BATCH_SIZE = 100;
/** As Terraform sets them: a record that fails is tried ten times more. */
const RETRIES_MAX = 10;
const BACK_OFF_SECONDS = 1;
const BACK_OFF_SECONDS_MAX = 60;

const sequenceOf = (change: TableChange): string => change.dynamodb.SequenceNumber;

/**
 * What Lambda sends to the function's dead-letter queue for records that it gives up: their place in the
 * stream, without their content.
 */
export const abandonedRecord = (
  arn: string,
  records: readonly TableChange[],
  attempts: number,
  outcome: Invocation,
  now: number,
) => {
  const [first] = records;
  const last = records.at(-1);
  const timeOf = (change: TableChange | undefined): string =>
    new Date((change?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
  return {
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: arn,
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: attempts,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      ...(outcome.outcome === "failed" ? { functionError: "Unhandled" } : {}),
    },
    DDBStreamBatchInfo: {
      shardId: "shardId-00000000000000000000-00000000",
      startSequenceNumber: first && sequenceOf(first),
      endSequenceNumber: last && sequenceOf(last),
      approximateArrivalOfFirstRecord: timeOf(first),
      approximateArrivalOfLastRecord: timeOf(last),
      batchSize: records.length,
      streamArn: first?.eventSourceARN,
    },
  };
};

/**
 * Hands a table's changes to a function, batch after batch in order. A batch that fails is halved until the
 * record that fails is alone; that record is retried, and at last given up. The checkpoint moves only past
 * finished records, so that a restart repeats records and never skips one. Records that do not pass the trigger's
 * filter invoke nothing.
 */
export const followTable = async (
  options: SourceOptions,
  manifest: Manifest,
  trigger: TableTrigger,
  matchesPattern: Matchers["matchesPattern"],
): Promise<void> => {
  const { deployment, queues, streams, invoker, pace, clock, signal } = options;
  const table = resourceName(deployment, trigger.table);
  const { filter } = trigger;
  const batchSize = trigger.batchSize ?? BATCH_SIZE;
  const windowMs = pace(trigger.windowSeconds ?? 0) * 1000;
  const reader = manifest.name;

  const done = (records: readonly TableChange[]): void => {
    const last = records.at(-1);
    if (last !== undefined) streams.saveCheckpoint(table, reader, sequenceOf(last));
  };

  const giveUp = async (records: TableChange[], attempts: number, outcome: Invocation): Promise<void> => {
    const record = abandonedRecord(aliasArn(deployment, manifest), records, attempts, outcome, clock.now());
    await queues.send(resourceName(deployment, deadLetterName(manifest.name)), JSON.stringify(record));
    done(records);
  };

  /** Ends when the records are done or given up, or early when the signal aborts. */
  const deliver = async (records: TableChange[], failures = 0): Promise<void> => {
    if (records.length === 0 || signal.aborted) return;
    const outcome = await invoker.invoke(manifest.name, { Records: records });
    const ids = records.map(sequenceOf);
    const failed = failedItems(outcome, ids);
    const from = failed === "all" ? 0 : failed.length === 0 ? records.length : ids.indexOf(failed[0] ?? "");
    done(records.slice(0, from));
    const rest = records.slice(from);
    if (rest.length === 0) return;
    if (from > 0) return deliver(rest);
    if (rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      await deliver(rest.slice(0, middle));
      return deliver(rest.slice(middle));
    }
    if (failures >= RETRIES_MAX) return giveUp(rest, failures + 1, outcome);
    await pause(pace(Math.min(BACK_OFF_SECONDS * 2 ** failures, BACK_OFF_SECONDS_MAX)) * 1000, signal);
    return deliver(rest, failures + 1);
  };

  const isWanted = (change: TableChange): boolean => filter === undefined || matchesPattern(filter, change);

  /** The next records that pass the filter, and all that were read to find them, in order. */
  const gather = async (): Promise<{ wanted: TableChange[]; last: TableChange | undefined }> => {
    let after = streams.checkpoint(table, reader);
    let last: TableChange | undefined;
    const wanted: TableChange[] = [];
    const read = async (waitMs: number): Promise<void> => {
      const found = await streams.read(table, after, { max: batchSize - wanted.length, waitMs, signal });
      last = found.at(-1) ?? last;
      if (last !== undefined) after = sequenceOf(last);
      wanted.push(...found.filter(isWanted));
    };
    await read(POLL_MS);
    const closes = Date.now() + windowMs;
    while (wanted.length > 0 && wanted.length < batchSize && Date.now() < closes && !signal.aborted) {
      await read(closes - Date.now());
    }
    return { wanted, last };
  };

  await repeat(options, `following ${table}`, async () => {
    const { wanted, last } = await gather();
    await deliver(wanted);
    // Past the records that the filter left out as well, unless a stop ended the delivery before its last one.
    if (last !== undefined && last !== wanted.at(-1) && !signal.aborted) done([last]);
    return true;
  });
};
