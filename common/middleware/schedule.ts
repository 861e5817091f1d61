import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { AppError } from "#common/errors/app-error.ts";
import { type DeadLetterOptions, deadLetters } from "./dead-letters.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type ScheduleOptions = DeadLetterOptions & {
  /** Gets the time that the schedule named, the same at each retry: not the time that it is now. */
  action: (scheduledAt: Date) => Promise<void>;
};

/** What Terraform's schedule has as input, and what the local one sends. */
export type ScheduleEvent = { "scheduled-time": string };

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
 * The stack of functions that run by the clock. What can never succeed becomes a dead letter of the
 * function; Lambda tries anything else twice more. A schedule may fire twice, so the action must be safe to repeat.
 */
export const scheduleHandler = ({ action, ...kept }: ScheduleOptions) =>
  middy<ScheduleEvent, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "schedule kept" }),
      tracing(),
      deadLetters({ ...kept, failure: "schedule failed" }),
    ])
    .handler(async (event) => action(timeOf(event))) as unknown as (
    event: ScheduleEvent,
    context: Context,
  ) => Promise<void>;
