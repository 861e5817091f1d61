import type { Member } from "#common/auth/caller.ts";
import { functionName } from "#common/config/function-name.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type EventMessage, type Target } from "#common/events/event.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";

export type AuditDeps = {
  /** Puts the event on the queue `events-audit`; when it returns, the queue has it. */
  send: (event: EventMessage) => Promise<void>;
};

type Change = "account_registered" | "account_renamed" | "transaction_edited";

const DESCRIPTIONS: Readonly<Record<Change, string>> = {
  account_registered: "The account's owners, name or currency were set",
  account_renamed: "The account was renamed",
  transaction_edited: "A person's category or note was set",
};

type Changed = { accountId: string; transactionId?: string };

type Request = { caller: Member; attempt: Attempt; transactionId: string };

/** Records a change as an audit event, which holds ids and nothing that anybody wrote. */
export const makeAudit =
  ({ send }: AuditDeps) =>
  (change: Change, { accountId, transactionId }: Changed, request: Request) =>
  (tryNumber: number): Promise<void> => {
    const { caller, attempt } = request;
    const targets: Target[] = [
      { type: "account", id: accountId },
      ...(transactionId === undefined ? [] : [{ type: "transaction", id: transactionId }]),
    ];
    return send({
      organizationId: caller.organizationId,
      ...drawFor(attempt.id, tryNumber),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: DESCRIPTIONS[change],
      date: attempt.time,
      actor: caller.userId,
      targets,
      detail: { change, accountId, ...(transactionId === undefined ? {} : { transactionId }) },
      recordedAt: attempt.time,
      recordedBy: functionName(),
      transactionId: request.transactionId,
    });
  };
