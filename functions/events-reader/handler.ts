import { readConfig, text } from "#common/config/config.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { kmsCursors } from "#common/paging/kms-cursors.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { makeListEvents } from "./list-events.ts";
import { makePresentEvent } from "./present-event.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_QUEUE_URL: text(), CURSORS_KEY_ID: text() });

const store = dynamodbTable(config.EVENTS_TABLE);
const listEvents = makeListEvents({ store, cursors: kmsCursors(config.CURSORS_KEY_ID), now: Date.now });
const presentEvent = makePresentEvent({ store });
const audited = makeAudited({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /events": audited(({ caller, route, query }) => listEvents.prepare(caller, route, query)),

    "GET /events/{eventId}": audited(({ caller, params: { eventId } }) =>
      presentEvent.prepare(caller, eventId),
    ),

    "GET /customers/{customerId}/events": audited(({ caller, route, params, query }) =>
      listEvents.prepare(caller, route, { ...query, ...params }),
    ),
  },
});
