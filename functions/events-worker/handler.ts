import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { bucketAnchors } from "#common/events/anchors/anchor-bucket.ts";
import { lastAnchorOf } from "#common/events/anchors/last-anchor.ts";
import { makeExportToFile } from "#common/events/export/export-to-file.ts";
import { makeVerifyHistory } from "#common/events/verify/verify-history.ts";
import { multipartFiles } from "#common/files/multipart-files.ts";
import { newId } from "#common/ids/uuid.ts";
import { JobMessageSchema } from "#common/jobs/job-message.schema.ts";
import { jobWorker, makeWorkOnJob } from "#common/jobs/work-on-job.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log, loggable } from "#common/telemetry/log.ts";

const config = readConfig({
  EVENTS_TABLE: text(),
  JOBS_TABLE: text(),
  EVENTS_JOBS_QUEUE_URL: text(),
  EVENTS_JOBS_DEAD_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const store = dynamodbTable(config.EVENTS_TABLE);
const workOnJob = makeWorkOnJob({
  table: dynamodbTable(config.JOBS_TABLE),
  workers: [
    jobWorker(makeExportToFile({ store, files: multipartFiles(config.LAKE_BUCKET), now: Date.now })),
    jobWorker(
      makeVerifyHistory({ store, anchorOf: lastAnchorOf(bucketAnchors(config.LAKE_BUCKET)), now: Date.now }),
    ),
  ],
  again: (message, delaySeconds) =>
    sendMessage(config.EVENTS_JOBS_QUEUE_URL, { body: JSON.stringify(message), delaySeconds }),
  now: Date.now,
  newHolder: newId,
  onFailed: ({ organizationId, attempts }, error) =>
    log("warn", "job attempt failed", { organizationId, attempts, error: loggable(error) }),
});

export const handler = queueHandler({
  message: JobMessageSchema,
  deadQueueUrl: config.EVENTS_JOBS_DEAD_QUEUE_URL,
  action: async (messages) => {
    // The manifest asks for one at a time.
    for (const { body } of messages) {
      note({ organizationId: body.organizationId });
      await workOnJob(body);
    }
    return [];
  },
});
