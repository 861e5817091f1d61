import { readConfig, text } from "#common/config/config.ts";
import { appendToChain } from "#common/events/append.ts";
import { dynamodbStore } from "#common/events/dynamodb-store.ts";
import { EventsMessageSchema } from "#common/events/event-message.schema.ts";
import { makeRegisterOrganizations } from "#common/events/organizations.ts";
import { makePersistEvents } from "#common/events/persist-events.ts";
import { queueHandler } from "#common/middleware/queue.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_DEAD_QUEUE_URL: text() });

const store = dynamodbStore(config.EVENTS_TABLE);
const register = makeRegisterOrganizations(store);

/** Nobody waits for an audit event on the bus; the lake takes it when the logs service comes. */
const announce = async (): Promise<void> => {};

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_AUDIT_DEAD_QUEUE_URL,
  deed: makePersistEvents({
    append: async (organizationId, chain, events) => {
      await register([organizationId]);
      return appendToChain({ store, announce }, organizationId, chain, events);
    },
  }),
});
