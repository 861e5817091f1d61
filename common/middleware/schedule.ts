import middy from "@middy/core";
import type { Context } from "aws-lambda";
import type { QueueMessage } from "#common/aws/sqs.ts";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { note, noteOutcome, observe } from "./observe.ts";
import { reasonOf } from "./reason.ts";

export type ScheduleOptions = {
  /** The function's own dead-letter queue. */
  deadQueueUrl: string;
  /** Gets the time that the schedule named, the same at each retry: not the time that it is now. */
  deed: (scheduledAt: Date) => Promise<void>;
  keepDead?: (queueUrl: string, message: QueueMessage) => Promise<void>;
};

/** What Terraform's schedule has as input, and what the local one sends. */
export type ScheduleEvent = { "scheduled-time": string };

/** The SQS client is loaded with the first dead letter. */
const sendLazily = async (queueUrl: string, message: QueueMessage): Promise<void> =>
  (await import("#common/aws/sqs.ts")).sendMessage(queueUrl, message);

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const timeOf = (event: Partial<ScheduleEvent>): Date => {
  const time = event["scheduled-time"] ?? "";
  const date = new Date(time);
  if (!TIME.test(time) || Number.isNaN(date.getTime())) {
    throw new AppError("MESSAGE_INVALID", {
      errors: [{ path: "/scheduled-time", message: "must be a time, for example 2025-01-31T03:00:00Z" }],
    });
  }
  return date;
};

/**
 * The stack of functions that run by the clock. What can never succeed is put on the function's
 * dead-letter queue with `code` and `reason`; anything else is thrown, so that Lambda tries twice more
 * and then keeps the event there itself. A schedule may fire twice: the deed is to bear it.
 */
export const scheduleHandler = ({ deadQueueUrl, deed, keepDead = sendLazily }: ScheduleOptions) =>
  middy<ScheduleEvent, void, Error, Context>()
    .use(observe())
    .handler(async (event) => {
      noteOutcome("info", "schedule kept");
      try {
        await deed(timeOf(event));
      } catch (thrown) {
        const error = toAppError(thrown);
        note({ code: error.code, error: loggable(error.cause ?? error) });
        noteOutcome(error.retry ? "warn" : "error", "schedule failed");
        if (error.retry) throw error;
        count("MessagesRejected");
        await keepDead(deadQueueUrl, {
          body: JSON.stringify(event),
          attributes: { code: error.code, reason: reasonOf(error) },
        });
      }
    });
