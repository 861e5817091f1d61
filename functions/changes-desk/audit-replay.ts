import { functionName } from "#common/config/function-name.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type EventMessage } from "#common/events/event.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import type { OrderReplaysDeps } from "./order-replays.ts";

const DESCRIPTIONS = {
  replay_started: "Changes were to be published again",
  replay_cancelled: "A replay of changes was cancelled",
} as const;

/** Records what a user asks of replays as an audit event, which holds ids alone. */
export const makeAuditReplay =
  (send: (event: EventMessage) => Promise<void>): OrderReplaysDeps["audit"] =>
  (change, replayId, { caller, attempt, transactionId }) =>
    send({
      organizationId: caller.organizationId,
      ...drawFor(attempt.id, 0),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: DESCRIPTIONS[change],
      date: attempt.time,
      actor: caller.userId,
      targets: [{ type: "replay", id: replayId }],
      detail: { change, replayId },
      recordedAt: attempt.time,
      recordedBy: functionName(),
      transactionId,
    });
