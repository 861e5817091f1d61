import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { makeAuditedRead } from "#common/events/audit/audited-read.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { readFilters } from "#common/events/read/request-filters.ts";
import { exportLink } from "#common/files/multipart-files.ts";
import { ok } from "#common/http/answers.ts";
import { jobStore } from "#common/jobs/job.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import { makeExportEvents } from "./export-events.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({
  EVENTS_TABLE: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  EVENTS_JOBS_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const store = dynamodbTable(config.EVENTS_TABLE);
const audited = makeAuditedRead(eventQueue(config.EVENTS_AUDIT_QUEUE_URL));
const exportEvents = makeExportEvents({
  store,
  jobs: jobStore(store),
  send: (message) => sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message) }),
  link: (key, seconds) => exportLink(config.LAKE_BUCKET, key, seconds),
  now: () => new Date(),
});

export const handler = httpHandler(manifest, contract, {
  "GET /events/export": ({ caller, query, requestId, attempt }) => {
    const { format, ...filters } = query;
    const wanted = readFilters(caller.organizationId, filters);
    return audited({ caller, route: "GET /events/export", filters: query, requestId }, () =>
      exportEvents.export(wanted, format, caller, attempt),
    );
  },
  "GET /events/exports/{id}": async ({ caller, params: { id = "" }, requestId }) =>
    ok(
      await audited({ caller, route: "GET /events/exports/{id}", filters: { id }, requestId }, () =>
        exportEvents.status(caller, id),
      ),
    ),
});
