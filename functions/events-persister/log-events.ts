import { AppError } from "#common/errors/app-error.ts";
import type { Announce } from "#common/events/append/finish-blocks.ts";
import type { Block, PlacedEvent } from "#common/events/chain/block.ts";
import { isAuditChain } from "#common/events/event.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";

/** A message on its way to the log stream, as JSON text. */
type StreamMessage = { organizationID: string; json: string };

export type LogEventsDeps = {
  /** Puts messages on the log stream; answers those that it did not take. */
  putMessages: (
    messages: readonly StreamMessage[],
  ) => Promise<{ refused: readonly StreamMessage[]; reason: string }>;
};

/** An event as the lake has it: its own fields, under its eventId and recordedAt. The salt stays where it is. */
const toMessage = (
  { organizationId, chain }: Pick<Block, "organizationId" | "chain">,
  { salt: _, transactionId, sequence, hash, previousHash, ...event }: PlacedEvent,
): StreamMessage => ({
  organizationID: organizationId,
  json: JSON.stringify({
    organizationID: organizationId,
    logType: "events",
    id: event.eventId,
    time: event.recordedAt,
    ...(isTransactionId(transactionId) ? { transactionId } : {}),
    ...event,
    chain: { ...chain, sequence, hash, previousHash },
  }),
});

/**
 * Puts a block's events on the log stream, audit events apart. Throws unless the stream has all of them; an event that
 * is put again counts once there, by its id and time.
 */
export const makeLogEvents =
  ({ putMessages }: LogEventsDeps): Announce =>
  async (block, events) => {
    if (isAuditChain(block.chain)) return;
    const { refused, reason } = await putMessages(events.map((event) => toMessage(block, event)));
    if (refused.length === 0) return;
    throw new AppError("DEPENDENCY_FAILED", {
      internal: `${refused.length} of ${events.length} events are not on the log stream: ${reason}`,
    });
  };
