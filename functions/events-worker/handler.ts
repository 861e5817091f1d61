import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { dynamodbStore } from "#common/events/dynamodb-store.ts";
import { exportFiles } from "#common/events/jobs/export-files.ts";
import { jobStore } from "#common/events/jobs/job.ts";
import { JobMessageSchema } from "#common/events/jobs/job-message.schema.ts";
import { newId } from "#common/ids/uuid.ts";
import { note } from "#common/middleware/observe.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { log, loggable } from "#common/telemetry/log.ts";
import { makeExportToFile } from "./export-to-file.ts";
import { makeVerifyHistory } from "./verify-history.ts";
import { makeWorkOnJob } from "./work-on-job.ts";

const config = readConfig({
  EVENTS_TABLE: text(),
  EVENTS_JOBS_QUEUE_URL: text(),
  EVENTS_JOBS_DEAD_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const store = dynamodbStore(config.EVENTS_TABLE);
const now = () => Date.now();
const workOnJob = makeWorkOnJob({
  jobs: jobStore(store),
  works: {
    export: makeExportToFile({ store, files: exportFiles(config.LAKE_BUCKET), now }),
    verification: makeVerifyHistory({ store, now }),
  },
  again: (message, delaySeconds) =>
    sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message), delaySeconds }),
  now,
  newHolder: newId,
  onFailed: ({ organizationId, attempts }, error) =>
    log("warn", "job attempt failed", { organizationId, attempts, error: loggable(error) }),
});

export const handler = queueHandler({
  message: JobMessageSchema,
  deadQueueUrl: config.EVENTS_JOBS_DEAD_QUEUE_URL,
  deed: async (messages) => {
    // The manifest asks for one at a time.
    for (const { body } of messages) {
      note({ organizationId: body.organizationId });
      await workOnJob(body);
    }
    return [];
  },
});
