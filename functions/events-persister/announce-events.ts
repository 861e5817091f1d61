import type { Announce } from "#common/events/append/finish-blocks.ts";
import type { Block, PlacedEvent } from "#common/events/chain/block.ts";
import { isAuditChain } from "#common/events/event.ts";
import { uuidFrom } from "#common/ids/uuid.ts";

/** The detail of an `event_recorded`. */
export type EventRecorded = {
  /** Follows from the block and the customer, so that it is the same however often this is told. */
  id: string;
  organizationId: string;
  /** The customer's `externalId`, if its profile has one. */
  userId?: string;
  time: string;
  customerId: string;
  count: number;
  eventIds: string[];
  types: string[];
};

/** Where stored events go for the log lake; may be told of the same events again. */
export type LakeSink = (organizationId: string, events: readonly PlacedEvent[]) => Promise<void>;

export type AnnounceEventsDeps = {
  /** The `externalId`s of those customers whose profile has one. */
  externalIdsOf: (organizationId: string, customerIds: readonly string[]) => Promise<Map<string, string>>;
  /** Puts these on the bus; throws unless it has all of them. */
  publish: (recorded: EventRecorded[]) => Promise<void>;
  lake: LakeSink;
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
 * Tells the bus and the lake of a block: one `event_recorded` for each customer in it. Audit events go to
 * the lake only: to tell of every read would make more reads to tell of.
 */
export const makeAnnounceEvents =
  ({ externalIdsOf, publish, lake }: AnnounceEventsDeps): Announce =>
  async (block, events) => {
    await lake(block.organizationId, events);
    if (isAuditChain(block.chain)) return;
    const byCustomer = Map.groupBy(events, ({ customerId }) => customerId);
    const externalIds = await externalIdsOf(block.organizationId, [...byCustomer.keys()]);
    await publish(
      Array.from(byCustomer, ([customerId, ofCustomer]) =>
        toRecorded(block, customerId, ofCustomer, externalIds.get(customerId)),
      ),
    );
  };
