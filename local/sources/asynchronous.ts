import { randomUUID } from "node:crypto";
import type { Manifest } from "#common/manifest/manifest.ts";
import { aliasArn, deadLetterName, resourceName } from "#common/manifest/names.ts";
import type { Invocation, QueueMessage } from "../seams.ts";
import { workingSeconds } from "./pace.ts";
import { POLL_MS, repeat, type SourceOptions } from "./source.ts";

export type AsynchronousFunction = {
  /** Resolves when the event is stored: from then on it is not lost. */
  accept(event: unknown): Promise<void>;
  /** Invokes the function with accepted events until the signal aborts and all running invocations are done. */
  follow(): Promise<void>;
};

const ATTEMPTS = 3;
/** After the first failure a minute, after the second two. */
const RETRY_SECONDS = 60;

type Accepted = { requestId: string; event: unknown };

/** Our own message, written by `accept`. */
const parse = (body: string): Accepted => JSON.parse(body) as Accepted;

/** What Lambda sends to the function's dead-letter destination when it gives up. */
export const exhaustedRecord = (
  arn: string,
  { requestId, event }: Accepted,
  attempts: number,
  outcome: Extract<Invocation, { outcome: "failed" }>,
  now: number,
) => ({
  version: "1.0",
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId,
    functionArn: arn,
    condition: "RetriesExhausted",
    approximateInvokeCount: attempts,
  },
  requestPayload: event,
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  responsePayload: outcome.error,
});

/** Lambda's asynchronous invocation of one function: a durable queue, two retries, then the dead letters. */
export const asynchronousFunction = (options: SourceOptions, manifest: Manifest): AsynchronousFunction => {
  const { deployment, queues, invoker, pace, clock, signal } = options;
  const queue = `${resourceName(deployment, manifest.name)}-invocations`;
  const dead = resourceName(deployment, deadLetterName(manifest.name));
  const atOnce = manifest.concurrency.reserved ?? options.concurrencyMax;
  const visibilitySeconds = workingSeconds(manifest, 0, pace);
  const running = new Set<Promise<void>>();
  queues.createInternal(queue);

  const attempt = async (message: QueueMessage): Promise<void> => {
    const accepted = parse(message.body);
    const { requestId, event } = accepted;
    const outcome = await invoker.invoke(manifest.name, event, { requestId, asynchronous: true });
    if (outcome.outcome === "answered") return queues.delete(queue, [message.receiptHandle]);
    const attempts = Number(message.attributes.ApproximateReceiveCount);
    if (signal.aborted) return queues.changeVisibility(queue, message.receiptHandle, 0);
    if (attempts < ATTEMPTS) {
      return queues.changeVisibility(queue, message.receiptHandle, pace(RETRY_SECONDS * attempts));
    }
    const record = exhaustedRecord(aliasArn(deployment, manifest), accepted, attempts, outcome, clock.now());
    await queues.send(dead, JSON.stringify(record));
    await queues.delete(queue, [message.receiptHandle]);
  };

  const run = (message: QueueMessage): void => {
    const task = attempt(message)
      .catch((error: unknown) => options.log(`an event for ${manifest.name} was put back`, error))
      .finally(() => running.delete(task));
    running.add(task);
  };

  return {
    accept: async (event) => {
      const accepted: Accepted = { requestId: randomUUID(), event };
      await queues.send(queue, JSON.stringify(accepted));
    },
    follow: async () => {
      await queues.release(queue);
      await repeat(options, `invoking ${manifest.name}`, async () => {
        if (running.size >= atOnce) await Promise.race(running);
        const max = atOnce - running.size;
        for (const message of await queues.receive(queue, {
          max,
          waitMs: POLL_MS,
          visibilitySeconds,
          signal,
        })) {
          run(message);
        }
        return true;
      });
      await Promise.all(running);
    },
  };
};
