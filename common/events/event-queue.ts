import { sendMessage, sendMessages } from "#common/aws/sqs.ts";
import type { EventMessage } from "./event.ts";

/**
 * The text of a message. SQS takes the characters of XML 1.0 only; what JSON leaves as it is and XML has not
 * (U+FFFE and U+FFFF; surrogates never come so far) is written as an escape.
 */
export const messageBody = (event: EventMessage): string =>
  JSON.stringify(event).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );

/** The sending end of the queue `events`: one event to a message. */
export const eventQueue = (queueUrl: string) => ({
  /** When it returns, the queue has the event. Sent twice if the first answer was lost. */
  send: (event: EventMessage): Promise<void> => sendMessage(queueUrl, { body: messageBody(event) }),

  /** Answers how many events the queue does not have, and why. */
  sendAll: async (events: readonly EventMessage[]): Promise<{ missing: number; reason: string }> => {
    const messages = events.map((event) => ({ body: messageBody(event) }));
    const refused = await sendMessages(queueUrl, messages, { parallelMax: SENDS_AT_ONCE });
    const [first] = refused;
    return { missing: refused.length, reason: first ? `${first.code}: ${first.reason}` : "" };
  },
});

/** 500 events are 50 calls of 10: with the usual 4 at once their round trips would be most of the answer's time. */
const SENDS_AT_ONCE = 16;
