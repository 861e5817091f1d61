import type { Envelope } from "#common/bus/envelope.ts";
import type { StoredCustomer } from "#common/events/customers/customer.ts";
import { uuidFrom } from "#common/ids/uuid.ts";
import type { CustomerChange } from "./customer-change.ts";

export type CustomerEventName = "customer_changed" | "customer_erased";

/** The detail of a `customer_changed` and of a `customer_erased`: ids, and nothing of what a profile says. */
export type CustomerEvent = Envelope & { customerId: string };

export type AnnounceCustomersDeps = {
  /** Puts these on the bus; throws unless it has all of them. */
  publish: (name: CustomerEventName, events: CustomerEvent[]) => Promise<void>;
};

/**
 * One event. Its id follows from the version. The digest stands for the version as well, because an erased
 * customer that is made again starts from version 1.
 */
const eventOf = (
  name: CustomerEventName,
  { organizationId, customerId, version, digest }: StoredCustomer,
  userId: string | undefined,
  more: { time: string; transactionId?: string },
): CustomerEvent => ({
  id: uuidFrom(name, organizationId, customerId, String(version), digest, userId ?? ""),
  organizationId,
  ...(userId === undefined ? {} : { userId }),
  ...more,
  customerId,
});

/**
 * The events of a change: one for each user whom it concerns, which are two when the profile goes from one
 * user to another; one without a user when it belongs to none.
 */
export const customerEventsOf = ({
  before,
  after,
  changedAtMs,
}: CustomerChange): { name: CustomerEventName; events: CustomerEvent[] } => {
  const users = [after?.externalId, before?.externalId].filter((userId) => userId !== undefined);
  const concerned = users.length === 0 ? [undefined] : [...new Set(users)];
  if (after !== undefined) {
    const { updatedAt: time, transactionId } = after;
    const more = { time, ...(transactionId === undefined ? {} : { transactionId }) };
    return {
      name: "customer_changed",
      events: concerned.map((userId) => eventOf("customer_changed", after, userId, more)),
    };
  }
  if (before === undefined) throw new Error("a change has a profile before or after it");
  // The request that erased the profile left nothing of itself; the transaction that it has is of the last PUT.
  const time = new Date(changedAtMs).toISOString();
  return {
    name: "customer_erased",
    events: concerned.map((userId) => eventOf("customer_erased", before, userId, { time })),
  };
};

/** Announces a change on the bus; done again it announces the same under the same ids. */
export const makeAnnounceCustomers =
  ({ publish }: AnnounceCustomersDeps) =>
  (change: CustomerChange): Promise<void> => {
    const { name, events } = customerEventsOf(change);
    return publish(name, events);
  };
