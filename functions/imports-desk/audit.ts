import type { Member } from "#common/auth/caller.ts";
import { functionName } from "#common/config/function-name.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type EventMessage } from "#common/events/event.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";

type Change = "import_announced" | "import_cancelled" | "import_undone";

const DESCRIPTIONS: Readonly<Record<Change, string>> = {
  import_announced: "An import was announced",
  import_cancelled: "An import was cancelled",
  import_undone: "An import was to be undone",
};

type Request = { caller: Member; attempt: Attempt; transactionId: string };

/** Records what a user asks of an import as an audit event, which holds ids alone. */
export const makeAudit =
  (send: (event: EventMessage) => Promise<void>) =>
  (change: Change, importId: string, { caller, attempt, transactionId }: Request): Promise<void> =>
    send({
      organizationId: caller.organizationId,
      ...drawFor(attempt.id, 0),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: DESCRIPTIONS[change],
      date: attempt.time,
      actor: caller.userId,
      targets: [{ type: "import", id: importId }],
      detail: { change, importId },
      recordedAt: attempt.time,
      recordedBy: functionName(),
      transactionId,
    });
