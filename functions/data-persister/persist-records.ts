import type { RecordMessage } from "#common/data/record-message.schema.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { Failure, Message } from "#common/middleware/queue.ts";

export type PersistRecordsDeps = {
  /** Puts records, each whole; answers the ids of those that the table does not have, and why. */
  put: (records: RecordMessage[]) => Promise<{ id: string; reason: string }[]>;
};

/**
 * Keeps each record once: the same record in two messages is one put, and a put again is the same
 * row. Answers the messages whose record is not in the table.
 */
export const makePersistRecords =
  ({ put }: PersistRecordsDeps) =>
  async (messages: Message<RecordMessage>[]): Promise<Failure[]> => {
    const records = new Map(
      messages.map(({ body }) => [`${body.organizationId}#${body.userId}#${body.id}`, body]),
    );
    const missing = new Map((await put([...records.values()])).map(({ id, reason }) => [id, reason]));
    return messages.flatMap(({ messageId, body }) => {
      const reason = missing.get(body.id);
      if (reason === undefined) return [];
      return [{ messageId, error: new AppError("DEPENDENCY_FAILED", { internal: reason }) }];
    });
  };
