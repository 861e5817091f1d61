import { AppError } from "#common/errors/app-error.ts";
import { partsOf } from "./parts.ts";

/** Whether a value is what a topic delivers when it is not asked for raw messages. */
const isEnvelope = (value: unknown): value is { Message: string } =>
  typeof value === "object" &&
  value !== null &&
  "Type" in value &&
  value.Type === "Notification" &&
  "TopicArn" in value &&
  "Message" in value &&
  typeof value.Message === "string";

/**
 * The JSON texts of the messages that a record holds: its own text, or those in a topic's envelope, which may
 * stand one after the other. Undefined for a record that is no envelope. What is in a second envelope is refused.
 */
export const messagesInEnvelope = (value: unknown): string[] | undefined => {
  if (!isEnvelope(value)) return undefined;
  const parts = partsOf(value.Message);
  if (parts === undefined) {
    throw new AppError("MESSAGE_NOT_JSON", {
      internal: "the envelope holds something else than JSON objects",
    });
  }
  return parts;
};

/** Refuses an envelope in an envelope. */
export const assertNoEnvelope = (value: unknown): void => {
  if (!isEnvelope(value)) return;
  throw new AppError("MESSAGE_INVALID", {
    errors: [{ path: "", message: "must be a message, not an envelope in an envelope" }],
  });
};
