import type { EventMessage } from "./event.ts";

/** What stands on the queue `events`: one event, or many of one request. */
export type EventsMessage = EventMessage | { events: EventMessage[] };

/**
 * A queue message may have 1 MiB, but SQS bills each 64 KB, and ten messages that come together should
 * fit into one invocation's memory and time.
 */
const BODY_BYTES_MAX = 240_000;

export const eventsOf = (message: EventsMessage): EventMessage[] =>
  "events" in message ? message.events : [message];

/** Bodies for the queue: many events in few messages, in their order; an event by itself stands alone. */
export const queueBodies = (events: readonly EventMessage[]): string[] => {
  const bodies: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  const close = () => {
    if (part.length > 0) bodies.push(part.length === 1 ? (part[0] ?? "") : `{"events":[${part.join()}]}`);
    part = [];
    bytes = 0;
  };
  for (const event of events) {
    const json = JSON.stringify(event);
    const size = Buffer.byteLength(json) + 1;
    if (bytes + size > BODY_BYTES_MAX) close();
    part.push(json);
    bytes += size;
  }
  close();
  return bodies;
};
