import type { QueueMessage, SendMessages } from "#common/aws/sqs.ts";
import { type AppError, toAppError } from "#common/errors/app-error.ts";
import { noted, noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { isTimeout, type Middleware } from "./middleware.ts";

/** More would crowd out the rest of a message's attributes, and a person reads the first faults only. */
const REASON_MAX = 1_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: SQS refuses a message that holds one of these
const NOT_FOR_SQS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Why something was rejected, in one line for the operator who reads the dead letters. */
export const reasonOf = (error: AppError): string =>
  [
    error.message,
    ...(error.errors ?? []).map(({ path, message }) => `${path || "/"} ${message}`),
    error.internal,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, REASON_MAX)
    .toWellFormed()
    .replace(NOT_FOR_SQS, "\ufffd");

export type DeadLetterOptions = {
  /** The dead-letter queue: the queue's, or the function's own. */
  deadQueueUrl: string;
  /** Puts messages on the dead-letter queue; answers which it did not take. */
  keepDead?: SendMessages;
};

/** The SQS client is loaded with the first dead letter: a function that has none does not pay for it. */
export const sendLazily: SendMessages = async (queueUrl, messages) =>
  (await import("#common/aws/sqs.ts")).sendMessages(queueUrl, messages);

/** What is kept of something that can never succeed: as it came, with the code and the reason. */
export const deadLetter = (
  body: string,
  error: AppError,
  { messageId, transactionId }: { messageId?: string | undefined; transactionId?: string | undefined },
): QueueMessage => ({
  body,
  attributes: {
    code: error.code,
    reason: reasonOf(error),
    ...(messageId === undefined ? {} : { originalMessageId: messageId }),
    ...(transactionId === undefined ? {} : { transactionId }),
  },
});

/**
 * For functions that are invoked with one event at a time. What can never succeed is put on the function's
 * dead-letter queue; anything else leaves as an error, so that Lambda tries twice more and then keeps
 * the event there itself. `failure` is what the invocation's line says then.
 */
export const deadLetters = <Event extends object>({
  deadQueueUrl,
  keepDead = sendLazily,
  failure,
  messageIdOf = () => undefined,
}: DeadLetterOptions & {
  failure: string;
  messageIdOf?: (event: Event) => string | undefined;
}): Middleware<Event> => {
  const keep = async (event: Event, error: AppError): Promise<void> => {
    const { transactionId } = noted();
    const letter = deadLetter(JSON.stringify(event), error, { messageId: messageIdOf(event), transactionId });
    const [refused] = await keepDead(deadQueueUrl, [letter]);
    if (refused) throw new Error(`the dead-letter queue refused the event: ${refused.code}`);
  };

  return {
    onError: async (request) => {
      if (isTimeout(request.error)) return;
      const error = toAppError(request.error);
      noteFailure(error.retry ? "warn" : "error", failure, {
        code: error.code,
        error: loggable(error.cause ?? error),
      });
      // Not thrown from here: the middlewares outside of this one would not hear of it.
      request.error = error;
      if (error.retry) return;
      count("MessagesRejected");
      try {
        await keep(request.event, error);
        request.response = null;
      } catch (thrown) {
        request.error = toAppError(thrown);
      }
    },
  };
};
