import { describe, expect, it } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import { readEvents } from "#common/events/lists/read-events.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const persister = await startFunction("events-persister", { LOG_STREAMS: "1" });
const store = dynamodbTable("millrace-local-events");

/** An event of the organization of this test. */
const eventOf = (organizationId: string, number: number, more: Partial<EventMessage> = {}) =>
  eventMessage(number, { organizationId, ...more });
const read = async (organizationId: string, number: number) =>
  (await readEvents(store, organizationId, [`event-${number}`])).get(`event-${number}`)?.event;

describe("none failed", () => {
  it("stores the events, and announces each on the bus once", async () => {
    const many = Array.from({ length: 60 }, (_, number) => eventOf("many", number, { detail: { number } }));

    expect(await persister.deliver({ events: many }, eventOf("many", 60))).toEqual([]);

    expect(await read("many", 7)).toMatchObject({ description: "Number 7", detail: { number: 7 } });
    expect((await read("many", 60))?.chain.epoch).toBe(1);
    const published = persister.published();
    for (const event of published) {
      expect(event).toMatchObject({ source: "millrace.events", "detail-type": "event_recorded" });
    }
    const counts = published.map(({ detail }) => (detail as { count: number }).count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(61);
    const logged = (await persister.streamed("logs")).map((text) => JSON.parse(text));
    expect(new Set(logged.map(({ id }) => id)).size).toBe(61);
    expect(logged[0]).toMatchObject({ logType: "events", organizationID: "many" });
    expect(await persister.deadLetters()).toEqual([]);
  });

  it("stores a large detail whole, and an event that comes again once", async () => {
    const detail = { text: "é".repeat(30_000) };

    expect(await persister.deliver(eventOf("large", 1, { detail }))).toEqual([]);
    expect(await persister.deliver(eventOf("large", 1, { detail, salt: "another-salt-of-22-ch-" }))).toEqual(
      [],
    );

    expect((await read("large", 1))?.detail).toEqual(detail);
    expect(await persister.deadLetters()).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it("keeps an event that contradicts a stored one", async () => {
    await persister.deliver(eventOf("contradicted", 1));
    const other = eventOf("contradicted", 1, { type: "another" });

    expect(await persister.deliver(other)).toEqual([]);

    expect(await persister.deadLetters()).toEqual([
      { body: JSON.stringify(other), code: "EVENT_ID_CONFLICT" },
    ]);
    expect((await read("contradicted", 1))?.type).toBe("account.opened");
  });

  it("keeps a message that is no event, and stores the others", async () => {
    expect(await persister.deliver({ eventId: "only" }, eventOf("others", 1))).toEqual([]);

    expect(await persister.deadLetters()).toEqual([{ body: '{"eventId":"only"}', code: "MESSAGE_INVALID" }]);
    expect(await read("others", 1)).toBeDefined();
  });
});

describe("failed", () => {
  it.each(["dynamodb:PutItem", "dynamodb:BatchWriteItem", "events:PutEvents", "firehose:PutRecordBatch"])(
    "sends the messages back when AWS refuses %s",
    async (action) => {
      persister.refuse(action);
      const organizationId = action.replace(":", "-").toLowerCase();

      expect(await persister.deliver(eventOf(organizationId, 1), eventOf(organizationId, 2))).toEqual([
        "message-0",
        "message-1",
      ]);

      expect(await persister.deadLetters()).toEqual([]);
    },
  );
});
