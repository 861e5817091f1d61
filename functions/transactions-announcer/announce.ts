import type { DynamoDBRecord } from "aws-lambda";
import {
  type AccountEvent,
  eventsFromOutbox,
  messagesFromOutbox,
} from "#common/transactions/announcing/outbox.ts";
import type { RowsMessage } from "#common/transactions/cleansing/cleansing-message.ts";

export type AnnounceDeps = {
  /** Puts this on the bus; throws unless it has it. */
  publish: (name: AccountEvent["name"], details: AccountEvent["detail"][]) => Promise<void>;
  /** Has the cleansing vendor asked about these; when it returns, the queue has them. */
  cleanse: (messages: RowsMessage[]) => Promise<void>;
};

/** Publishes what an item of the outbox says, in its order; done again it publishes the same under the same ids. */
export const makeAnnounce =
  ({ publish, cleanse }: AnnounceDeps) =>
  async ({ dynamodb }: DynamoDBRecord): Promise<void> => {
    const text = dynamodb?.NewImage?.events?.S;
    if (text === undefined) throw new Error("the record of the stream holds no events");
    for (const [name, events] of Map.groupBy(eventsFromOutbox(text), (event) => event.name)) {
      await publish(
        name,
        events.map(({ detail }) => detail),
      );
    }
    const messages = messagesFromOutbox(dynamodb?.NewImage?.toCleanse?.S);
    if (messages.length > 0) await cleanse(messages);
  };
