import type { SQSEvent } from "aws-lambda";
import type { ServedMessage } from "#common/telemetry/log.ts";

export type Message<T> = {
  messageId: string;
  body: T;
  /** Of the request that the message comes from. */
  transactionId?: string;
};

/**
 * A message that was not worked off, and why; whether it is retried is the error's to say. Of a message
 * that holds several things, `bodies` are those that can never succeed: they become the dead letters.
 */
export type Failure = { messageId: string; error: unknown; bodies?: string[] };

/** A queue's event with what the middlewares made of its records: messages that passed, and those that did not. */
export type BatchEvent<T> = SQSEvent & {
  messages: Message<T>[];
  failures: Failure[];
  served: ServedMessage[];
  servedBy: string[];
};
