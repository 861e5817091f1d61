import type { Pause } from "#common/cleansing/vendor/ask-all.ts";
import type { JobMessage } from "#common/jobs/start-job.ts";
import type { Failure, Message } from "#common/middleware/queue.ts";
import { note, noteFailure } from "#common/telemetry/line.ts";
import { count } from "#common/telemetry/metrics.ts";
import type { Cleansed } from "#common/transactions/cleansing/cleanse-rows.ts";
import type { CleansingMessage, RowsMessage } from "#common/transactions/cleansing/cleansing-message.ts";

export type CleanseDeps = {
  /** Absent where no vendor is set: what waits for one is cleansed by the rules already. */
  rows?: (message: RowsMessage) => Promise<Cleansed>;
  recleanse: (message: JobMessage) => Promise<void>;
};

/** Says in the invocation's line, and to the alarms, that the vendor has to be waited for. */
export const notePause = ({ reason, alarm, seconds }: Pause): void => {
  if (alarm) count("CleanserUnavailable");
  noteFailure("warn", "vendor waited for", {
    reason: seconds === undefined ? reason : `${reason}, ${seconds} s`,
  });
};

/** Works off messages of the queue: rows of a night's file, or a part of an organization's cleansing. */
export const makeCleanse =
  ({ rows, recleanse }: CleanseDeps) =>
  async (messages: readonly Message<CleansingMessage>[]): Promise<Failure[]> => {
    const failures: Failure[] = [];
    // The manifest asks for one at a time: five invocations are five calls of the vendor.
    for (const { messageId, body } of messages) {
      note({ organizationId: body.organizationId });
      if ("jobId" in body) {
        await recleanse(body);
        continue;
      }
      if (rows === undefined) continue;
      const { answered, spent, givenUp, pause } = await rows(body);
      note({ items: answered });
      if (spent > 0) noteFailure("warn", "month's number of questions spent");
      if (pause) notePause(pause);
      failures.push(
        ...givenUp.map(({ message, error }) => ({ messageId, error, bodies: [JSON.stringify(message)] })),
      );
    }
    return failures;
  };
