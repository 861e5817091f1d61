import type { DynamoDBRecord } from "aws-lambda";
import { type AccountEvent, eventsFromOutbox } from "#common/transactions/announcing/outbox.ts";

export type AnnounceDeps = {
  /** Puts this on the bus; throws unless it has it. */
  publish: (name: AccountEvent["name"], details: AccountEvent["detail"][]) => Promise<void>;
};

/** Publishes what an item of the outbox says, in its order; done again it publishes the same under the same ids. */
export const makeAnnounce =
  ({ publish }: AnnounceDeps) =>
  async ({ dynamodb }: DynamoDBRecord): Promise<void> => {
    const text = dynamodb?.NewImage?.events?.S;
    if (text === undefined) throw new Error("the record of the stream holds no events");
    for (const [name, events] of Map.groupBy(eventsFromOutbox(text), (event) => event.name)) {
      await publish(
        name,
        events.map(({ detail }) => detail),
      );
    }
  };
