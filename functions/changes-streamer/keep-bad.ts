import type { FileFault } from "#common/changes/file/user-file.ts";
import type { UserKey } from "#common/changes/file/user-key.ts";
import { ringFor } from "#common/changes/stream/doorbells.ts";
import { functionName } from "#common/config/function-name.ts";
import { AppError } from "#common/errors/app-error.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type EventMessage } from "#common/events/event.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import { uuidFrom } from "#common/ids/uuid.ts";

export type KeepBadDeps = {
  /** Puts a letter on the dead-letter queue; when it returns, the queue has it. */
  keepDead: (body: string, error: AppError) => Promise<void>;
  audit: (event: EventMessage) => Promise<void>;
  now: () => number;
};

/**
 * Keeps a file that cannot be streamed as a dead letter, with its key and version, and records that its user is
 * blocked. The letter rings again when it is moved back to the queue.
 */
export const makeKeepBad =
  ({ keepDead, audit, now }: KeepBadDeps) =>
  async (user: UserKey, version: string, { code, errors }: FileFault): Promise<void> => {
    const { key, organizationId, userId } = user;
    await keepDead(ringFor(key, { key, version, code }), new AppError(code, { errors }));
    const time = new Date(now()).toISOString();
    await audit({
      organizationId,
      ...drawFor(uuidFrom("changes-blocked", organizationId, userId, version), 0),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: "A user's file could not be streamed, and blocks its user",
      date: time,
      detail: { change: "changes_blocked", userId: userId.toWellFormed(), version, code },
      recordedAt: time,
      recordedBy: functionName(),
    });
  };
