import { publishEvents } from "#common/bus/publish.ts";
import { readConfig, text } from "#common/config/config.ts";
import { makePersistEvents } from "#common/events/append/persist-events.ts";
import { registeredAppend } from "#common/events/append/registered-append.ts";
import { EventsMessageSchema } from "#common/events/queue/event-message.schema.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeAnnounceEvents } from "./announce-events.ts";
import { externalIdsIn } from "./external-ids.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_DEAD_QUEUE_URL: text(), BUS_NAME: text() });

const store = dynamodbTable(config.EVENTS_TABLE);

const announce = makeAnnounceEvents({
  externalIdsOf: externalIdsIn(store),
  publish: (recorded) =>
    publishEvents(config.BUS_NAME, { service: "events", name: "event_recorded" }, recorded),
});

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_DEAD_QUEUE_URL,
  action: makePersistEvents({ append: registeredAppend(store, announce) }),
});
