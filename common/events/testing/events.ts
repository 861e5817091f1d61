import type { EventMessage } from "../event.ts";

/** A message as the recorder would put it on the queue; the number makes its id, time and salt. */
export const eventMessage = (number: number, more: Partial<EventMessage> = {}): EventMessage => ({
  organizationId: "demo",
  eventId: `event-${number}`,
  customerId: `customer-${number % 3}`,
  type: "account.opened",
  description: `Number ${number}`,
  date: new Date(Date.UTC(2025, 0, 1) + number * 400).toISOString(),
  recordedAt: new Date(Date.UTC(2025, 0, 2) + number * 10).toISOString(),
  salt: Buffer.from(String(number).padStart(16, "0")).toString("base64url"),
  ...more,
});
