import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { QueueMessage, SendMessages } from "#common/aws/sqs.ts";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import type { Validator } from "#common/validation/validator.ts";
import { note, noteOutcome, observe } from "./observe.ts";
import { reasonOf } from "./reason.ts";

export type Message<T> = { messageId: string; body: T };

/**
 * A message that was not worked off, and why; whether it is retried is the error's to say. Of a message
 * that holds several things, `bodies` are those that can never succeed: they become the dead letters.
 */
export type Failure = { messageId: string; error: unknown; bodies?: string[] };

export type QueueOptions<T> = {
  /** Schema of a message's JSON body. */
  message: Validator<T>;
  deadQueueUrl: string;
  /** Works off the messages that passed; answers those that it could not. A throw fails all of them. */
  deed: (messages: Message<T>[]) => Promise<Failure[]>;
  /** Puts messages on the dead-letter queue; answers which it did not take. */
  keepDead?: SendMessages;
  /** Told of how many messages were kept as dead letters, where that means more than on other queues. */
  onRejected?: (messages: number) => void;
};

/** The SQS client is loaded with the first dead letter: a consumer that has none does not pay for it. */
const sendLazily: SendMessages = async (queueUrl, messages) =>
  (await import("#common/aws/sqs.ts")).sendMessages(queueUrl, messages);

const parse = <T>(record: SQSRecord, validator: Validator<T>): Message<T> | Failure => {
  const { messageId } = record;
  let value: unknown;
  try {
    value = JSON.parse(record.body);
  } catch {
    return { messageId, error: new AppError("MESSAGE_NOT_JSON") };
  }
  const checked = validator.check(value);
  return checked.ok
    ? { messageId, body: checked.value }
    : { messageId, error: new AppError("MESSAGE_INVALID", { errors: checked.faults }) };
};

/**
 * The stack of functions that work off a queue. A message that can never succeed (no JSON, breaks the
 * schema, or the deed says so) is put on the dead-letter queue with `code` and `reason` and then
 * acknowledged; one that may succeed later is reported by its id and comes back. Nothing is
 * acknowledged before it is done or kept.
 */
export const queueHandler = <T>({
  message,
  deadQueueUrl,
  deed,
  keepDead = sendLazily,
  onRejected = () => {},
}: QueueOptions<T>) => {
  const work = async (records: SQSRecord[]): Promise<Failure[]> => {
    const parsed = records.map((record) => parse(record, message));
    const good = parsed.filter((one): one is Message<T> => "body" in one);
    const bad = parsed.filter((one): one is Failure => "error" in one);
    if (good.length === 0) return bad;
    const failed = await deed(good).catch((error: unknown) =>
      good.map(({ messageId }) => ({ messageId, error })),
    );
    return [...bad, ...failed];
  };

  /** Keeps what can never succeed; answers what could not even be kept. */
  const keep = async (
    dead: { record: SQSRecord; error: AppError; bodies: string[] }[],
  ): Promise<string[]> => {
    const letters = new Map<QueueMessage, string>();
    for (const { record, error, bodies } of dead) {
      const attributes = { code: error.code, reason: reasonOf(error), originalMessageId: record.messageId };
      for (const body of bodies) letters.set({ body, attributes }, record.messageId);
    }
    const messages = [...letters.keys()];
    const refused = await keepDead(deadQueueUrl, messages).catch(() => messages.map((item) => ({ item })));
    return [...new Set(refused.map(({ item }) => letters.get(item) ?? ""))];
  };

  return middy<SQSEvent, SQSBatchResponse, Error, Context>()
    .use(observe())
    .handler(async ({ Records }) => {
      noteOutcome("info", "batch processed");
      const records = new Map(Records.map((record) => [record.messageId, record]));
      const failures = (await work(Records)).map(({ messageId, error, bodies }) => ({
        messageId,
        error: toAppError(error),
        bodies,
      }));
      const again = failures.filter(({ error }) => error.retry);
      const dead = failures.flatMap(({ messageId, error, bodies }) => {
        const record = records.get(messageId);
        return record && !error.retry ? [{ record, error, bodies: bodies ?? [record.body] }] : [];
      });
      const unkept = dead.length > 0 ? await keep(dead) : [];
      note({
        batchSize: Records.length,
        failed: again.length + unkept.length,
        rejected: dead.length - unkept.length,
      });
      if (dead.length > 0) {
        count("MessagesRejected", dead.length);
        onRejected(dead.length);
        noteOutcome("error", "batch processed");
        note({ code: dead[0]?.error.code ?? "" });
      }
      if (again[0]) {
        noteOutcome(dead.length > 0 ? "error" : "warn", "batch processed");
        const { internal, cause } = again[0].error;
        note({ ...(internal ? { internal } : {}), error: loggable(cause ?? again[0].error) });
      }
      const back = [...again.map(({ messageId }) => messageId), ...unkept];
      return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
    });
};
