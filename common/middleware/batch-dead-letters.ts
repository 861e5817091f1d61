import type { SQSRecord } from "aws-lambda";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { type AppError, toAppError } from "#common/errors/app-error.ts";
import { note, noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import type { BatchEvent, Failure } from "./batch.ts";
import { type DeadLetterOptions, deadLetter, sendLazily } from "./dead-letters.ts";
import { transactionIdOf } from "./messages.ts";
import type { Middleware } from "./middleware.ts";

export type BatchDeadLetterOptions = DeadLetterOptions & {
  /** Called with how many messages were rejected, where that means more than on other queues. */
  onRejected?: (messages: number) => void;
};

/** The requests of a batch's messages, and which of them failed. */
const noteServed = ({ served, servedBy }: BatchEvent<unknown>, failures: readonly Failure[]): void => {
  for (const { messageId } of failures) {
    const at = servedBy.indexOf(messageId);
    if (at >= 0) Object.assign(served[at] ?? {}, { failed: true });
  }
  note({ served });
};

type Dead = { record: SQSRecord; error: AppError; bodies: string[] };

/**
 * For queues. A message that can never succeed is put on the dead-letter queue and then acknowledged; one that
 * may succeed later is reported by its id and comes back. Nothing is acknowledged before it is done or
 * kept. `failure` is what the invocation's line says when there was any of these.
 */
export const batchDeadLetters = <T>({
  deadQueueUrl,
  keepDead = sendLazily,
  failure,
  onRejected = () => {},
}: BatchDeadLetterOptions & { failure: string }): Middleware<BatchEvent<T>> => {
  /** Keeps what can never succeed; answers what could not even be kept. */
  const keep = async (dead: readonly Dead[]): Promise<string[]> => {
    const letters = new Map<QueueMessage, string>();
    for (const { record, error, bodies } of dead) {
      const { messageId } = record;
      const origin = { messageId, transactionId: transactionIdOf(record) };
      for (const body of bodies) letters.set(deadLetter(body, error, origin), messageId);
    }
    const sent = [...letters.keys()];
    const refused = await keepDead(deadQueueUrl, sent).catch(() => sent.map((item) => ({ item })));
    return [...new Set(refused.map(({ item }) => letters.get(item) ?? ""))];
  };

  const settle = async (records: readonly SQSRecord[], failures: readonly Failure[]): Promise<string[]> => {
    const byId = new Map(records.map((record) => [record.messageId, record]));
    const again: { messageId: string; error: AppError }[] = [];
    const dead: Dead[] = [];
    for (const { messageId, error: thrown, bodies } of failures) {
      const error = toAppError(thrown);
      const record = byId.get(messageId);
      if (error.retry) again.push({ messageId, error });
      else if (record) dead.push({ record, error, bodies: bodies ?? [record.body] });
    }
    const unkept = dead.length > 0 ? await keep(dead) : [];
    note({ failed: again.length + unkept.length, rejected: dead.length - unkept.length });
    if (dead[0]) {
      count("MessagesRejected", dead.length);
      onRejected(dead.length);
      noteFailure("error", failure, { code: dead[0].error.code });
    }
    if (again[0]) {
      const { internal, cause } = again[0].error;
      noteFailure(dead.length > 0 ? "error" : "warn", failure, {
        ...(internal ? { internal } : {}),
        error: loggable(cause ?? again[0].error),
      });
    }
    return [...again.map(({ messageId }) => messageId), ...unkept];
  };

  return {
    after: (request) => {
      const { Records, failures, served } = request.event;
      const failed = [...failures, ...(request.response as Failure[])];
      note({ batchSize: Records.length, failed: 0, rejected: 0 });
      if (served.length > 0) noteServed(request.event, failed);
      request.response = { batchItemFailures: [] };
      if (failed.length === 0) return undefined;
      return settle(Records, failed).then((back) => {
        request.response = { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
      });
    },
  };
};
