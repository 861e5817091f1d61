import type { OutgoingMessage, Publish } from "../index.ts";

type Event = {
  action: string;
  description: string;
  type?: string;
  server?: string;
  detail?: Record<string, unknown>;
};
type Message = {
  id: string;
  organizationID: string;
  server?: string;
  refusedEvents?: number;
  events: Event[];
};

/** A publisher that keeps what it gets, and the messages that it got. */
export const keeping = () => {
  const kept: OutgoingMessage[] = [];
  const publish: Publish = async (messages) => {
    kept.push(...messages);
  };
  return { publish, kept, messages: () => kept.map(({ body }) => JSON.parse(body) as Message) };
};
