import { AppError } from "#common/errors/app-error.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import type { StreamMessage } from "#common/logs/stream/glue.ts";
import type { Accepted, PostedLogs, Rejected } from "./read-body.ts";

export type RecordLogsDeps = {
  /** Puts messages on the stream; answers those that it did not take. */
  putMessages: (
    messages: readonly StreamMessage[],
  ) => Promise<{ refused: readonly StreamMessage[]; reason: string }>;
};

export type Recorded = { accepted: number; rejected: Rejected[] };

/**
 * Puts the good messages on the stream, each with an id and a time. Those that are not given follow from the
 * attempt, so that a request that is repeated under its Idempotency-Key sends the same messages again; the numbers
 * begin at 1 and have no gap, so that a message that is lost shows.
 */
export const makeRecordLogs =
  ({ putMessages }: RecordLogsDeps) =>
  async ({ accepted, rejected }: PostedLogs, attempt: Attempt): Promise<Recorded> => {
    let number = 0;
    const messages = accepted.map((message: Accepted): StreamMessage => {
      if (message.id === undefined) number += 1;
      const json = JSON.stringify({ id: `${attempt.id}.${number}`, time: attempt.time, ...message });
      return { organizationID: message.organizationID, json };
    });
    const { refused, reason } = await putMessages(messages);
    if (refused.length > 0) {
      throw new AppError("LOGS_NOT_TAKEN", {
        internal: `${refused.length} of ${messages.length} messages are not on the stream: ${reason}`,
      });
    }
    return { accepted: accepted.length, rejected };
  };
