import middy from "@middy/core";
import type { Context, EventBridgeEvent } from "aws-lambda";
import type { Validator } from "#common/validation/validator.ts";
import { type DeadLetterOptions, deadLetters } from "./dead-letters.ts";
import { details } from "./details.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type BusOptions<T> = DeadLetterOptions & {
  /** Schema of the event's detail. */
  detail: Validator<T>;
  action: (detail: T, event: { id: string; source: string; name: string; time: string }) => Promise<void>;
};

/**
 * The stack of functions that the bus calls. What can never succeed becomes a dead letter of the function;
 * Lambda tries anything else twice more.
 */
export const busHandler = <T>({ detail, action, ...kept }: BusOptions<T>) =>
  middy<EventBridgeEvent<string, T>, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "event handled" }),
      tracing(),
      deadLetters({ ...kept, failure: "event failed", messageIdOf: ({ id }) => id }),
      details(detail),
    ])
    .handler(async ({ id, source, "detail-type": name, time, detail: checked }) =>
      action(checked, { id, source, name, time }),
    ) as unknown as (event: EventBridgeEvent<string, unknown>, context: Context) => Promise<void>;
