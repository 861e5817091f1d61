import { readConfig, text } from "#common/config/config.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { readFilters } from "#common/events/read/request-filters.ts";
import { ok } from "#common/http/answers.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };
import { statsAnswer } from "./stats-answer.ts";
import { tableAnalytics } from "./table-analytics.ts";

const config = readConfig({ EVENTS_TABLE: text(), EVENTS_AUDIT_QUEUE_URL: text() });

const analytics = tableAnalytics({ store: dynamodbTable(config.EVENTS_TABLE), now: Date.now });
const audited = makeAudited({ send: eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send });

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /events/stats": audited(({ caller, query: { groupBy, ...filters } }) => {
      const wanted = readFilters(caller.organizationId, filters);
      return async () => ok(statsAnswer(await analytics.counts(wanted, groupBy)));
    }),

    "GET /events/durations": audited(({ caller, query: { fromType, toType, ...filters } }) => {
      const wanted = readFilters(caller.organizationId, filters);
      return async () => ok(await analytics.durations(wanted, { fromType, toType }));
    }),
  },
});
