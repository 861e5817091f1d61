import { randomUUID } from "node:crypto";
import type { Manifest } from "#common/manifest/manifest.ts";
import { aliasArn } from "#common/manifest/names.ts";
import type { Invocation, TransformBatch, TransformedRecord } from "../seams.ts";
import { POLL_MS, pause, repeat, type SourceOptions } from "./source.ts";

/** Firehose's own: the first attempt and three more. */
const ATTEMPTS = 4;
const RETRY_SECONDS = 1;
const AT_ONCE = 4;

/** What Firehose hands to its function. */
export const transformEvent = ({ records }: TransformBatch, deliveryStreamArn: string, region: string) => ({
  invocationId: randomUUID(),
  deliveryStreamArn,
  region,
  records: records.map(({ recordId, arrivedAt, data }) => ({
    recordId,
    approximateArrivalTimestamp: arrivedAt,
    data: data.toString("base64"),
  })),
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const resultOf = (given: unknown): TransformedRecord | undefined => {
  if (!isObject(given) || typeof given.recordId !== "string") return undefined;
  const { recordId, result, data, metadata } = given;
  if (result === "Dropped" || result === "ProcessingFailed") return { recordId, result };
  if (result !== "Ok" || typeof data !== "string") return undefined;
  const keys = isObject(metadata) && isObject(metadata.partitionKeys) ? metadata.partitionKeys : {};
  const partitionKeys = Object.fromEntries(
    Object.entries(keys).map(([name, value]) => [name, String(value ?? "")]),
  );
  return { recordId, result, data: Buffer.from(data, "base64"), partitionKeys };
};

type Answered = { results: TransformedRecord[] } | { errorCode: string; errorMessage: string };

/** What the function's answer says, if it says it of each record and of nothing else. */
export const readAnswer = (batch: TransformBatch, outcome: Invocation): Answered => {
  if (outcome.outcome === "failed") {
    const { errorType, errorMessage } = outcome.error;
    return { errorCode: "Lambda.FunctionError", errorMessage: `${errorType}: ${errorMessage}` };
  }
  const { payload } = outcome;
  const given: unknown[] = isObject(payload) && Array.isArray(payload.records) ? payload.records : [];
  const results = given.flatMap((one) => resultOf(one) ?? []);
  if (results.length < given.length) {
    return {
      errorCode: "Lambda.JsonProcessingException",
      errorMessage: "A record of the answer is malformed.",
    };
  }
  const ids = new Set(results.map(({ recordId }) => recordId));
  if (ids.size < results.length) {
    return {
      errorCode: "Lambda.DuplicatedRecordId",
      errorMessage: "A record id stands in the answer twice.",
    };
  }
  if (batch.records.some(({ recordId }) => !ids.has(recordId))) {
    return { errorCode: "Lambda.MissingRecordId", errorMessage: "A record id is missing in the answer." };
  }
  return { results };
};

/** Hands the records of one delivery stream to its function, some batches side by side. */
export const followDeliveryStream = async (
  options: SourceOptions,
  manifest: Manifest,
  stream: string,
): Promise<void> => {
  const { deployment, deliveryStreams, invoker, pace, signal } = options;
  const functionArn = aliasArn(deployment, manifest);
  const { partition, region, accountId } = deployment;
  const arn = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${stream}`;
  const running = new Set<Promise<void>>();

  const transform = async (batch: TransformBatch): Promise<void> => {
    const event = transformEvent(batch, arn, region);
    for (let attempts = 1; ; attempts += 1) {
      const answer = readAnswer(batch, await invoker.invoke(manifest.name, event));
      if ("results" in answer) return deliveryStreams.settle(batch, answer.results, functionArn);
      if (signal.aborted) return deliveryStreams.release(batch);
      if (attempts === ATTEMPTS) return deliveryStreams.fail(batch, { ...answer, attempts, functionArn });
      await pause(pace(RETRY_SECONDS) * 1000, signal);
    }
  };

  const run = (batch: TransformBatch): void => {
    const task = transform(batch)
      .catch((error: unknown) => {
        options.log(`records of ${stream} were put back`, error);
        deliveryStreams.release(batch);
      })
      .finally(() => running.delete(task));
    running.add(task);
  };

  await repeat(options, `following ${stream}`, async () => {
    if (running.size >= AT_ONCE) await Promise.race(running);
    const batch = await deliveryStreams.take(stream, { waitMs: POLL_MS, signal });
    if (batch) run(batch);
    return true;
  });
  await Promise.all(running);
};
