import type { MessageAttributes, QueueMessage, Queues } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";
import { md5 } from "./attributes.ts";
import type { StoredMessage, SystemAttributes } from "./message.ts";
import type { QueueRow } from "./queue-rows.ts";
import { openQueueStore, type Redrive } from "./store.ts";

const DEFAULTS: Record<string, string> = {
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  VisibilityTimeout: "30",
  SqsManagedSseEnabled: "true",
};
const TIMER_MS_MAX = 2 ** 31 - 1;

export const noSuchQueue = () =>
  new AwsError("QueueDoesNotExist", "The specified queue does not exist.", {
    queryCode: "AWS.SimpleQueueService.NonExistentQueue",
  });

/**
 * The queues in memory above the store: their attributes, and the receivers that wait for a message. A receiver
 * is woken by a send, and when the next hidden message becomes visible.
 */
export const openQueues = (
  file: string,
  arns: Arns,
  log: (error: unknown, work: string) => void,
  now: () => number = Date.now,
) => {
  const store = openQueueStore(file, now);
  const queues = new Map<string, QueueRow>(store.queues().map((row) => [row.name, row]));
  const waiters = new Map<string, Set<() => void>>();
  const arnOf = (name: string) => arns.at("sqs", name);

  const get = (name: string): QueueRow => {
    const queue = queues.get(name);
    if (!queue) throw noSuchQueue();
    return queue;
  };
  const setting = (queue: QueueRow, name: string) => queue.attributes[name] ?? DEFAULTS[name] ?? "";

  const deadLetterQueueOf = (queue: QueueRow): { name: string; maxReceiveCount: number } | undefined => {
    const policy: unknown = JSON.parse(queue.attributes.RedrivePolicy ?? "null");
    if (!isRecord(policy)) return undefined;
    return {
      name: nameInArn(String(policy.deadLetterTargetArn)),
      maxReceiveCount: Number(policy.maxReceiveCount),
    };
  };

  const redriveOf = (queue: QueueRow): Redrive | undefined => {
    const target = deadLetterQueueOf(queue);
    // As in AWS, messages stay where they are while the dead-letter queue does not exist.
    if (!target || !queues.has(target.name)) return undefined;
    return {
      queue: target.name,
      maxReceiveCount: target.maxReceiveCount,
      sourceArn: arnOf(queue.name),
    };
  };

  const sourcesOf = (name: string): QueueRow[] =>
    [...queues.values()].filter((queue) => deadLetterQueueOf(queue)?.name === name);

  const wake = (name: string) => {
    for (const ready of waiters.get(name) ?? []) ready();
  };

  /** Resolves when a message may be there, after the wait, or when the wait is called off. */
  const mayHaveMessage = (name: string, waitMs: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const set = waiters.get(name) ?? new Set();
      waiters.set(name, set);
      const ready = () => {
        set.delete(ready);
        clearTimeout(timer);
        signal?.removeEventListener("abort", ready);
        resolve();
      };
      const soonestMs = (store.soonest(name) ?? Number.POSITIVE_INFINITY) - now();
      const timer = setTimeout(ready, Math.min(Math.max(Math.min(waitMs, soonestMs), 1), TIMER_MS_MAX));
      set.add(ready);
      signal?.addEventListener("abort", ready);
      // A signal that was aborted before this listener was added fires no event for it.
      if (signal?.aborted) ready();
    });

  const receive = async (
    name: string,
    options: { max: number; waitMs: number; visibilitySeconds?: number; signal?: AbortSignal },
  ): Promise<StoredMessage[]> => {
    const deadline = performance.now() + options.waitMs;
    for (;;) {
      const queue = get(name);
      if (options.signal?.aborted) return [];
      const visibility = options.visibilitySeconds ?? Number(setting(queue, "VisibilityTimeout"));
      const redrive = redriveOf(queue);
      const { taken, buried } = await store.take(name, options.max, visibility, redrive);
      if (redrive && buried > 0) wake(redrive.queue);
      const leftMs = deadline - performance.now();
      if (taken.length > 0 || leftMs <= 0 || closed) return taken;
      await mayHaveMessage(name, leftMs, options.signal);
    }
  };
  let closed = false;

  const expire = async () => {
    for (const queue of queues.values()) {
      await store.expire(queue.name, now() - Number(setting(queue, "MessageRetentionPeriod")) * 1000);
    }
  };
  const expiry = setInterval(
    () => void expire().catch((error) => log(error, "message retention")),
    60_000,
  ).unref();

  const send = async (
    name: string,
    body: string,
    options: {
      attributes?: MessageAttributes;
      system?: SystemAttributes;
      delaySeconds?: number;
      sender?: string;
    } = {},
  ): Promise<{ messageId: string }> => {
    const delaySeconds = options.delaySeconds ?? Number(setting(get(name), "DelaySeconds"));
    const messageId = await store.send(name, {
      body,
      attributes: options.attributes ?? {},
      system: options.system ?? {},
      sender: options.sender ?? "local",
      delaySeconds,
    });
    wake(name);
    return { messageId };
  };

  const create = (
    name: string,
    attributes: Record<string, string>,
    { tags = {}, internal = false }: { tags?: Record<string, string>; internal?: boolean } = {},
  ) => {
    const queue = { name, attributes, tags, created: now(), internal };
    store.saveQueue(queue);
    queues.set(name, queue);
  };

  const contract: Queues = {
    send,
    receive: async (name, options) => (await receive(name, options)).map(toQueueMessage),
    delete: async (name, handles) => {
      get(name);
      await Promise.all(handles.map((handle) => store.remove(name, handle)));
    },
    changeVisibility: async (name, handle, seconds) => {
      get(name);
      // An event source gives a message back only while no other poller has received it.
      await store.changeVisibility(name, handle, seconds, "last");
      // Waiting receivers have set their timers for the earlier time.
      wake(name);
    },
    release: async (name) => {
      get(name);
      await store.release(name);
      wake(name);
    },
    depth: (name) => store.depth(get(name).name),
    createInternal: (name) => {
      if (!queues.has(name)) create(name, {}, { internal: true });
    },
  };

  return {
    contract,
    store,
    arnOf,
    get,
    has: (name: string) => queues.has(name),
    all: () => [...queues.values()].filter(({ internal }) => !internal),
    setting,
    defaults: DEFAULTS,
    create,
    /** An empty text takes an attribute away. */
    update: (name: string, attributes: Record<string, string>) => {
      const queue = get(name);
      queue.attributes = Object.fromEntries(
        Object.entries({ ...queue.attributes, ...attributes }).filter(([, value]) => value !== ""),
      );
      store.saveQueue(queue);
      wake(name);
    },
    tag: (name: string, tags: Record<string, string>) => {
      const queue = get(name);
      queue.tags = tags;
      store.saveQueue(queue);
    },
    /** The queues that send their dead letters here. */
    sourcesOf,
    remove: (name: string) => {
      get(name);
      queues.delete(name);
      store.removeQueue(name);
      wake(name);
    },
    send,
    receive,
    wake,
    /** What becomes visible by the time that the clock was moved to is there at once. */
    clockMoved: (byMs: number) => {
      store.shift(byMs);
      for (const name of waiters.keys()) wake(name);
    },
    close: () => {
      closed = true;
      clearInterval(expiry);
      for (const name of waiters.keys()) wake(name);
      // Receivers that were just woken read once more, in transactions for which the store must still be open.
      return new Promise<void>((resolve) => setImmediate(() => setImmediate(() => resolve(store.close()))));
    },
  };
};
export type QueueSet = ReturnType<typeof openQueues>;

const toQueueMessage = (message: StoredMessage): QueueMessage => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  md5OfBody: md5(message.body),
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
      },
    ]),
  ),
});

export const systemAttributes = (message: StoredMessage) => ({
  ApproximateReceiveCount: String(message.received),
  SentTimestamp: String(message.sent),
  SenderId: message.sender,
  ApproximateFirstReceiveTimestamp: String(message.firstReceived),
  ...message.system,
  ...(message.source === undefined ? {} : { DeadLetterQueueSourceArn: message.source }),
});
