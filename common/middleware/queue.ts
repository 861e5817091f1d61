import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Validator } from "#common/validation/validator.ts";
import type { BatchEvent, Failure, Message } from "./batch.ts";
import { type BatchDeadLetterOptions, batchDeadLetters } from "./batch-dead-letters.ts";
import { logging } from "./logging.ts";
import { messages } from "./messages.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type { Failure, Message };

export type QueueOptions<T> = BatchDeadLetterOptions & {
  /** Schema of a message's JSON body. */
  message: Validator<T>;
  /** Works off the messages that passed; answers those that it could not. A throw fails all of them. */
  action: (messages: Message<T>[]) => Promise<Failure[]>;
};

/**
 * The stack of functions that work off a queue. A message that can never succeed (no JSON, breaks the
 * schema, or the action says so) becomes a dead letter; one that may succeed later comes back.
 */
export const queueHandler = <T>({ message, action, ...deadLetters }: QueueOptions<T>) =>
  middy<BatchEvent<T>, unknown, Error, Context>()
    .use([
      metrics(),
      logging({ message: "batch processed" }),
      tracing(),
      batchDeadLetters<T>({ ...deadLetters, failure: "batch processed" }),
      messages(message),
    ])
    .handler(async ({ messages: passed }): Promise<Failure[]> => {
      if (passed.length === 0) return [];
      return action(passed).catch((error: unknown) => passed.map(({ messageId }) => ({ messageId, error })));
    }) as unknown as (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
