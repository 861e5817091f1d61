import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { makeAuditedRead } from "#common/events/audit/audited-read.ts";
import { exportJob } from "#common/events/export/export-request.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { readFilters } from "#common/events/read/request-filters.ts";
import { presignedUrl } from "#common/files/presigned.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { httpHandler } from "#common/middleware/http.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { contract } from "./contract.ts";
import { makeExportEvents } from "./export-events.ts";
import manifest from "./function.json" with { type: "json" };

const config = readConfig({
  EVENTS_TABLE: text(),
  JOBS_TABLE: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  EVENTS_JOBS_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const store = dynamodbTable(config.EVENTS_TABLE);
const audited = makeAuditedRead(eventQueue(config.EVENTS_AUDIT_QUEUE_URL));
const exportEvents = makeExportEvents({
  store,
  jobs: jobsOf(dynamodbTable(config.JOBS_TABLE), exportJob),
  send: (message) => sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message) }),
  link: (key, seconds) => presignedUrl(config.LAKE_BUCKET, { key, expiresInSeconds: seconds }),
  now: Date.now,
});

export const handler = httpHandler(manifest, contract, {
  "GET /events/export": ({ caller, query, requestId, attempt }) => {
    const { format, ...filters } = query;
    const wanted = readFilters(caller.organizationId, filters);
    return audited({ caller, route: "GET /events/export", filters: query, requestId }, () =>
      exportEvents.export(wanted, format, caller, attempt),
    );
  },
  "GET /events/exports/{id}": ({ caller, params: { id = "" }, requestId }) =>
    audited({ caller, route: "GET /events/exports/{id}", filters: { id }, requestId }, () =>
      exportEvents.status(caller, id),
    ),
});
