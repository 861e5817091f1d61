/** What the detail of every event on the platform's bus has (spec: events on the bus). */
export type Envelope = {
  /** The same on every re-delivery: it follows from what happened, or is stored with it. */
  id: string;
  organizationId: string;
  /** The `sub` of the user that this concerns, if there is one. What concerns several users is one event each. */
  userId?: string;
  /** When it happened: RFC 3339 in UTC with milliseconds. */
  time: string;
  transactionId?: string;
};

/** The service that publishes, and what happened: the bus's `source` is `millrace.<service>`, its `detail-type` the event's name. */
export type EventName = { service: string; name: string };
