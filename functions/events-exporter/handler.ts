import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { makeAudited } from "#common/events/audit/audited-read.ts";
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
const audited = makeAudited(eventQueue(config.EVENTS_AUDIT_QUEUE_URL));
const exportEvents = makeExportEvents({
  store,
  jobs: jobsOf(dynamodbTable(config.JOBS_TABLE), exportJob),
  send: (message) => sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message) }),
  link: (key, seconds) => presignedUrl(config.LAKE_BUCKET, { key, expiresInSeconds: seconds }),
  now: Date.now,
});

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /events/export": audited(({ caller, query: { format, ...filters }, attempt }) => {
      const wanted = readFilters(caller.organizationId, filters);
      return () => exportEvents.export(wanted, format, caller, attempt);
    }),
    // Asking for one's own job is no read, and not recorded.
    "GET /events/exports/{id}": ({ caller, params: { id } }) => exportEvents.status(caller, id),
  },
});
