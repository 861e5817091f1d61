import type { Envelope } from "#common/bus/envelope.ts";
import type { Announce } from "#common/events/append/finish-blocks.ts";
import type { Block, PlacedEvent } from "#common/events/chain/block.ts";
import { isAuditChain } from "#common/events/event.ts";
import { uuidFrom } from "#common/ids/uuid.ts";

/** The detail of an `event_recorded`. Its `id` follows from block and customer; `userId` is the customer's `externalId`. */
export type EventRecorded = Envelope & {
  customerId: string;
  count: number;
  eventIds: string[];
  types: string[];
};

export type AnnounceEventsDeps = {
  /** The `externalId`s of those customers whose profile has one. */
  externalIdsOf: (organizationId: string, customerIds: readonly string[]) => Promise<Map<string, string>>;
  /** Puts these on the bus; throws unless it has all of them. */
  publish: (recorded: EventRecorded[]) => Promise<void>;
};

const toRecorded = (
  { organizationId, hash }: Block,
  customerId: string,
  events: readonly PlacedEvent[],
  userId: string | undefined,
): EventRecorded => ({
  id: uuidFrom("event_recorded", organizationId, hash, customerId),
  organizationId,
  ...(userId === undefined ? {} : { userId }),
  time:
    events
      .map(({ recordedAt }) => recordedAt)
      .sort()
      .at(-1) ?? "",
  customerId,
  count: events.length,
  eventIds: events.map(({ eventId }) => eventId),
  types: [...new Set(events.map(({ type }) => type))],
});

/**
 * Announces a block on the bus: one `event_recorded` for each customer in it. Audit events are not announced:
 * announcing each read would make more reads to announce.
 */
export const makeAnnounceEvents =
  ({ externalIdsOf, publish }: AnnounceEventsDeps): Announce =>
  async (block, events) => {
    if (isAuditChain(block.chain)) return;
    const byCustomer = Map.groupBy(events, ({ customerId }) => customerId);
    const externalIds = await externalIdsOf(block.organizationId, [...byCustomer.keys()]);
    await publish(
      Array.from(byCustomer, ([customerId, ofCustomer]) =>
        toRecorded(block, customerId, ofCustomer, externalIds.get(customerId)),
      ),
    );
  };
