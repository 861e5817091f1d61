import type { Manifest, QueueTrigger } from "#common/manifest/manifest.ts";
import { resourceArns, resourceName } from "#common/manifest/names.ts";
import { visibilitySecondsOf } from "#common/manifest/visibility.ts";
import type { QueueMessage } from "../seams.ts";
import { failedItems } from "./batch-failures.ts";
import { workingSeconds } from "./pace.ts";
import { POLL_MS, repeat, type SourceOptions } from "./source.ts";

const BATCH_SIZE = 10;
/** What one ReceiveMessage gives at most. */
const RECEIVE_MAX = 10;

/** An SQS record as Lambda hands it to a function. */
export const queueRecord = (message: QueueMessage, eventSourceARN: string, awsRegion: string) => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: message.attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, value]) => [
      name,
      { ...value, stringListValues: [], binaryListValues: [] },
    ]),
  ),
  md5OfBody: message.md5OfBody,
  eventSource: "aws:sqs",
  eventSourceARN,
  awsRegion,
});

/**
 * Takes batches off a queue for a function. One poller waits for messages; while there is a backlog more
 * take part, up to the trigger's maximum. Resolves when the signal has aborted and all batches are done.
 */
export const followQueue = async (
  options: SourceOptions,
  manifest: Manifest,
  trigger: QueueTrigger,
): Promise<void> => {
  const { deployment, queues, invoker, pace, signal } = options;
  const queue = resourceName(deployment, trigger.queue);
  const [arn = queue] = resourceArns(deployment, "queues", trigger.queue, "consume");
  const batchSize = trigger.batchSize ?? BATCH_SIZE;
  const windowMs = pace(trigger.windowSeconds ?? 0) * 1000;
  const visibility = visibilitySecondsOf(options.declarations, trigger.queue);
  const pollersMax = Math.min(
    trigger.maximumConcurrency ?? Number.POSITIVE_INFINITY,
    manifest.concurrency.reserved ?? options.concurrencyMax,
  );
  const pollers = new Set<Promise<void>>();

  /** A batch: the messages that are there, or those that come until the window closes. */
  const gather = async (waitMs: number): Promise<QueueMessage[]> => {
    const receive = (max: number, wait: number) =>
      queues.receive(queue, {
        max: Math.min(max, RECEIVE_MAX),
        waitMs: wait,
        visibilitySeconds: workingSeconds(manifest, visibility, pace),
        signal,
      });
    const batch = await receive(batchSize, waitMs);
    if (batch.length === 0) return batch;
    const closes = Date.now() + windowMs;
    while (batch.length < batchSize) {
      const more = await receive(batchSize - batch.length, Math.max(0, closes - Date.now()));
      if (more.length === 0) break;
      batch.push(...more);
    }
    return batch;
  };

  /**
   * A failed message stays hidden until its visibility runs out. That time begins at the receive and is
   * shortened locally.
   */
  const leave = async (messages: readonly QueueMessage[], receivedAt: number): Promise<void> => {
    const remaining = pace(visibility) - (Date.now() - receivedAt) / 1000;
    const seconds = signal.aborted ? 0 : Math.max(0, remaining);
    for (const { receiptHandle } of messages) await queues.changeVisibility(queue, receiptHandle, seconds);
  };

  const handle = async (batch: readonly QueueMessage[]): Promise<void> => {
    const receivedAt = Date.now();
    const event = { Records: batch.map((message) => queueRecord(message, arn, deployment.region)) };
    const outcome = await invoker.invoke(manifest.name, event);
    const failed = failedItems(
      outcome,
      batch.map(({ messageId }) => messageId),
    );
    const isFailed = ({ messageId }: QueueMessage): boolean => failed === "all" || failed.includes(messageId);
    const done = batch.filter((message) => !isFailed(message));
    if (done.length > 0)
      await queues.delete(
        queue,
        done.map(({ receiptHandle }) => receiptHandle),
      );
    await leave(batch.filter(isFailed), receivedAt);
  };

  const poll = (waitMs: number): Promise<void> =>
    repeat(options, `polling ${queue}`, async () => {
      const batch = await gather(waitMs);
      // The first poller goes on; pollers that were started for the backlog end when it is empty.
      if (batch.length === 0) return waitMs > 0;
      if (pollers.size < pollersMax && queues.depth(queue).visible > 0) start(0);
      await handle(batch);
      return true;
    });

  const start = (waitMs: number): void => {
    const poller = poll(waitMs).finally(() => pollers.delete(poller));
    pollers.add(poller);
  };

  await queues.release(queue);
  start(POLL_MS);
  while (pollers.size > 0) await Promise.race(pollers);
};
