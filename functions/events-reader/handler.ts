import { readConfig, text } from "#common/config/config.ts";
import { makeAuditedRead } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { ok } from "#common/http/answers.ts";
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
const audited = makeAuditedRead({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });

export const handler = httpHandler(manifest, contract, {
  "GET /events": async ({ caller, query, requestId }) => {
    const list = await listEvents.prepare(caller, "GET /events", query);
    return ok(await audited({ caller, route: "GET /events", filters: query, requestId }, list));
  },

  "GET /events/{eventId}": async ({ caller, params: { eventId = "" }, requestId }) => {
    const { about, read } = await presentEvent.prepare(caller, eventId);
    return ok(
      await audited({ caller, route: "GET /events/{eventId}", filters: { eventId }, about, requestId }, read),
    );
  },

  "GET /customers/{customerId}/events": async ({ caller, params: { customerId = "" }, query, requestId }) => {
    const route = "GET /customers/{customerId}/events";
    const filters = { ...query, customerId };
    const list = await listEvents.prepare(caller, route, filters);
    return ok(await audited({ caller, route, filters, requestId }, list));
  },
});
