import type { EventMessage } from "../event.ts";

/** What stands on the queue `events`: one event, or many of one request. */
export type EventsMessage = EventMessage | { events: EventMessage[] };

/**
 * A queue message may have 1 MiB, but SQS bills each 64 KB, and ten messages that come together should
 * fit into one invocation's memory and time.
 */
const BODY_BYTES_MAX = 240_000;

export const eventsOf = (message: EventsMessage): EventMessage[] =>
  "events" in message ? message.events : [message];

/**
 * The text of a message. SQS takes the characters of XML 1.0 only; what JSON leaves as it is and XML has
 * not (U+FFFE and U+FFFF; lone surrogates never come so far) is written as an escape.
 */
export const messageText = (value: EventsMessage): string =>
  JSON.stringify(value).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );

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
    const json = messageText(event);
    const size = Buffer.byteLength(json) + 1;
    if (bytes + size > BODY_BYTES_MAX) close();
    part.push(json);
    bytes += size;
  }
  close();
  return bodies;
};
