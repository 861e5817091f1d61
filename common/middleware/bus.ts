import middy from "@middy/core";
import type { Context, EventBridgeEvent } from "aws-lambda";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import type { Validator } from "#common/validation/validator.ts";
import { note, noteOutcome, observe } from "./observe.ts";
import { reasonOf } from "./reason.ts";

export type BusOptions<T> = {
  /** Schema of the event's detail. */
  detail: Validator<T>;
  /** The function's own dead-letter queue. */
  deadQueueUrl: string;
  deed: (detail: T, event: { id: string; source: string; name: string; time: string }) => Promise<void>;
  keepDead?: (queueUrl: string, message: QueueMessage) => Promise<void>;
};

/** The SQS client is loaded with the first dead letter. */
const sendLazily = async (queueUrl: string, message: QueueMessage): Promise<void> =>
  (await import("#common/aws/sqs.ts")).sendMessage(queueUrl, message);

/**
 * The stack of functions that the bus calls. What can never succeed is put on the function's
 * dead-letter queue with `code` and `reason`; anything else is thrown, so that Lambda tries twice
 * more and then keeps the event there itself.
 */
export const busHandler = <T>({ detail, deadQueueUrl, deed, keepDead = sendLazily }: BusOptions<T>) =>
  middy<EventBridgeEvent<string, unknown>, void, Error, Context>()
    .use(observe())
    .handler(async (event) => {
      noteOutcome("info", "event handled");
      const name = event["detail-type"];
      try {
        const checked = detail.check(event.detail);
        if (!checked.ok) throw new AppError("MESSAGE_INVALID", { errors: checked.faults });
        await deed(checked.value, { id: event.id, source: event.source, name, time: event.time });
      } catch (thrown) {
        const error = toAppError(thrown);
        note({ code: error.code, error: loggable(error.cause ?? error) });
        noteOutcome(error.retry ? "warn" : "error", "event failed");
        if (error.retry) throw error;
        count("MessagesRejected");
        await keepDead(deadQueueUrl, {
          body: JSON.stringify(event),
          attributes: { code: error.code, reason: reasonOf(error), originalMessageId: event.id },
        });
      }
    });
