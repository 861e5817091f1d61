import { readConfig, text } from "#common/config/config.ts";
import { newId } from "#common/ids/uuid.ts";
import { dayStates } from "#common/logs/compaction/day-states.ts";
import { lakeBucket } from "#common/logs/lake-bucket.ts";
import { lateQueue } from "#common/logs/late/late-queue.ts";
import { makeWriteLateLines } from "#common/logs/late/write-late-lines.ts";
import { errorBucket } from "#common/logs/rescue/error-bucket.ts";
import { rejectedQueue } from "#common/logs/rescue/rejected-queue.ts";
import { logDays } from "#common/logs/settings.ts";
import { makeKeepTraces } from "#common/logs/trace/keep-traces.ts";
import { traceQueue } from "#common/logs/trace/trace-queue.ts";
import { traceTable } from "#common/logs/trace/trace-table.ts";
import { bucketHandler } from "#common/middleware/bucket.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeRescueObject } from "./rescue-object.ts";

const config = readConfig({
  ENVIRONMENT: text(),
  LOG_DAYS: logDays(),
  LOGS_TABLE: text(),
  LOGS_LATE_QUEUE_URL: text(),
  LOGS_TRACES_QUEUE_URL: text(),
  LOGS_REJECTED_QUEUE_URL: text(),
  LOGS_RESCUER_DEAD_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

const putFile = lakeBucket(config.LAKE_BUCKET);

const rescueObject = makeRescueObject({
  environment: config.ENVIRONMENT,
  logDays: config.LOG_DAYS,
  files: errorBucket(config.LAKE_BUCKET),
  keepTraces: makeKeepTraces({
    putRows: traceTable(config.LOGS_TABLE),
    sendRows: traceQueue(config.LOGS_TRACES_QUEUE_URL),
    putFile,
  }),
  sendLate: lateQueue(config.LOGS_LATE_QUEUE_URL),
  writeLate: makeWriteLateLines({ days: dayStates(dynamodbTable(config.LOGS_TABLE)), putFile, newId }),
  sendRejected: rejectedQueue(config.LOGS_REJECTED_QUEUE_URL),
});

export const handler = bucketHandler({
  deadQueueUrl: config.LOGS_RESCUER_DEAD_QUEUE_URL,
  action: ({ key }) => rescueObject(key),
});
