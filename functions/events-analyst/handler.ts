import { readConfig, text } from "#common/config/config.ts";
import { makeAuditedRead } from "#common/events/audit.ts";
import { dynamodbStore } from "#common/events/dynamodb-store.ts";
import { eventQueue } from "#common/events/event-queue.ts";
import { readFilters } from "#common/events/read/read-filters.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { tableAnalytics } from "./table-analytics.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_QUEUE_URL: text() });

const analytics = tableAnalytics({ store: dynamodbStore(config.EVENTS_TABLE), now: Date.now });
const audited = makeAuditedRead({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });

export const handler = httpHandler(manifest, contract, {
  "GET /events/stats": async ({ caller, query, requestId }) => {
    const { groupBy, ...filters } = query;
    const wanted = readFilters(caller.organizationId, filters);
    const read = { caller, route: "GET /events/stats", filters: query, requestId };
    return ok({ items: await audited(read, () => analytics.counts(wanted, groupBy)) });
  },

  "GET /events/durations": async ({ caller, query, requestId }) => {
    const { fromType, toType, ...filters } = query;
    const wanted = readFilters(caller.organizationId, filters);
    const read = { caller, route: "GET /events/durations", filters: query, requestId };
    return ok(await audited(read, () => analytics.durations(wanted, { fromType, toType })));
  },
});
