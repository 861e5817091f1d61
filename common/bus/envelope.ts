/** What the detail of every event on the platform's bus has (spec: events on the bus). */
export type Envelope = {
  /** The same on every re-delivery: it follows from what is told, or is kept with it. */
  id: string;
  organizationId: string;
  /** The `sub` of the user whom this concerns, if there is one. What concerns several users is one event each. */
  userId?: string;
  /** When it happened: RFC 3339 in UTC with milliseconds. */
  time: string;
  transactionId?: string;
};

/** Whose events these are: the bus's `source` is `millrace.<service>`, its `detail-type` the event's name. */
export type EventName = { service: string; name: string };
