import type { Member } from "#common/auth/caller.ts";
import type { RecordMessage } from "#common/data/record-message.schema.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";

export type GenerateRecordDeps = {
  /** Puts the message on the queue; when it returns, the queue has it. */
  send: (message: RecordMessage) => Promise<void>;
};

/** Puts the caller's record on the queue under the attempt's id and time, which are the record's from then on. */
export const makeGenerateRecord =
  ({ send }: GenerateRecordDeps) =>
  async (
    data: string,
    { organizationId, userId }: Member,
    attempt: Attempt,
  ): Promise<{ id: string; createdAt: string }> => {
    const record = { id: attempt.id, createdAt: attempt.time };
    await send({ ...record, organizationId, userId, data });
    return record;
  };
