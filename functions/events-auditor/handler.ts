import { readConfig, text } from "#common/config/config.ts";
import { makePersistEvents } from "#common/events/append/persist-events.ts";
import { registeredAppend } from "#common/events/append/registered-append.ts";
import { EventsMessageSchema } from "#common/events/queue/event-message.schema.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { log } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_DEAD_QUEUE_URL: text() });

const store = dynamodbTable(config.EVENTS_TABLE);

/** Audit events are not announced on the bus: announcing each read would make more reads to announce. */
const announce = async (): Promise<void> => {};

export const handler = queueHandler({
  message: EventsMessageSchema,
  deadQueueUrl: config.EVENTS_AUDIT_DEAD_QUEUE_URL,
  action: makePersistEvents({ append: registeredAppend(store, announce) }),
  // Somebody read or changed something, and no chain says so.
  onRejected: (messages) => {
    count("AuditRejected", messages);
    log("error", "audit event rejected", { rejected: messages });
  },
});
