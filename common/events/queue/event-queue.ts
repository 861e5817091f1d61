import { sendMessage, sendMessages } from "#common/aws/sqs.ts";
import type { EventMessage } from "../event.ts";
import { eventsOf, messageText, queueBodies } from "./queue-bodies.ts";

/** The sending end of the queue `events`, and of `events-audit`. */
export const eventQueue = (queueUrl: string) => ({
  /** When it returns, the queue has the event. Sent twice if the first answer was lost. */
  send: (event: EventMessage): Promise<void> => sendMessage(queueUrl, { body: messageText(event) }),

  /** Sends the events of a request in as few messages as hold them; answers how many the queue does not have, and why. */
  sendAll: async (events: readonly EventMessage[]): Promise<{ missing: number; reason: string }> => {
    const refused = await sendMessages(
      queueUrl,
      queueBodies(events).map((body) => ({ body })),
    );
    const [first] = refused;
    return {
      missing: refused.flatMap(({ item }) => eventsOf(JSON.parse(item.body))).length,
      reason: first ? `${first.code}: ${first.reason}` : "",
    };
  },
});
