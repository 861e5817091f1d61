import { readConfig, text } from "#common/config/config.ts";
import { appendToChain } from "#common/events/append.ts";
import { dynamodbStore } from "#common/events/dynamodb-store.ts";
import { EventsMessageSchema } from "#common/events/event-message.schema.ts";
import { makeRegisterOrganizations } from "#common/events/organizations.ts";
import { makePersistEvents } from "#common/events/persist-events.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { type LakeSink, makeAnnounceEvents } from "./announce-events.ts";
import { externalIdsIn } from "./external-ids.ts";
import { recordedBus } from "./recorded-bus.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_DEAD_QUEUE_URL: text(), BUS_NAME: text() });

const store = dynamodbStore(config.EVENTS_TABLE);
const register = makeRegisterOrganizations(store);

/** The lake's stream of events comes with the logs service; until then nothing is sent there. */
const lake: LakeSink = async () => {};

const announce = makeAnnounceEvents({
  externalIdsOf: externalIdsIn(store),
  publish: recordedBus(config.BUS_NAME),
  lake,
});

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_DEAD_QUEUE_URL,
  deed: makePersistEvents({
    append: async (organizationId, chain, events) => {
      // Before the events: one that is stored and not registered would not be anchored.
      await register([organizationId]);
      return appendToChain({ store, announce }, organizationId, chain, events);
    },
  }),
});
