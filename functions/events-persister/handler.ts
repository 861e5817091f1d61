import { publishEvents } from "#common/bus/publish.ts";
import { readConfig, text } from "#common/config/config.ts";
import { makePersistEvents } from "#common/events/append/persist-events.ts";
import { registeredAppend } from "#common/events/append/registered-append.ts";
import { EventsMessageSchema } from "#common/events/queue/event-message.schema.ts";
import { logStreams } from "#common/logs/settings.ts";
import { logStream } from "#common/logs/stream/log-stream.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeAnnounceEvents } from "./announce-events.ts";
import { externalIdsIn } from "./external-ids.ts";
import { makeLogEvents } from "./log-events.ts";

const config = readConfig({
  EVENTS_TABLE: text(),
  EVENTS_DEAD_QUEUE_URL: text(),
  BUS_NAME: text(),
  LOGS_STREAM: text(),
  LOG_STREAMS: logStreams(),
});

const store = dynamodbTable(config.EVENTS_TABLE);

const announce = makeAnnounceEvents({
  externalIdsOf: externalIdsIn(store),
  publish: (recorded) =>
    publishEvents(config.BUS_NAME, { service: "events", name: "event_recorded" }, recorded),
});

const logEvents = makeLogEvents({ putMessages: logStream(config.LOGS_STREAM, config.LOG_STREAMS) });

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_DEAD_QUEUE_URL,
  action: makePersistEvents({
    append: registeredAppend(store, async (block, events) => {
      await Promise.all([logEvents(block, events), announce(block, events)]);
    }),
  }),
});
