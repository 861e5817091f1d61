import { readConfig, text } from "#common/config/config.ts";
import { dynamodbStore } from "#common/events/dynamodb-store.ts";
import { EventsMessageSchema } from "#common/events/event-message.schema.ts";
import { makePersistEvents } from "#common/events/persist-events.ts";
import { registeredAppend } from "#common/events/registered-append.ts";
import { queueHandler } from "#common/middleware/queue.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_DEAD_QUEUE_URL: text() });

const store = dynamodbStore(config.EVENTS_TABLE);

/** Nobody waits for an audit event on the bus; the lake takes it when the logs service comes. */
const announce = async (): Promise<void> => {};

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_AUDIT_DEAD_QUEUE_URL,
  deed: makePersistEvents({ append: registeredAppend(store, announce) }),
});
