import { readConfig, text } from "#common/config/config.ts";
import { lakeBucket } from "#common/logs/lake-bucket.ts";
import { lateQueue } from "#common/logs/late/late-queue.ts";
import { logDays, logStreams } from "#common/logs/settings.ts";
import { logStream } from "#common/logs/stream/log-stream.ts";
import { makeKeepTraces } from "#common/logs/trace/keep-traces.ts";
import { traceQueue } from "#common/logs/trace/trace-queue.ts";
import { traceTable } from "#common/logs/trace/trace-table.ts";
import { deliveryStreamHandler } from "#common/middleware/delivery-stream.ts";
import { makeTransformRecords } from "./transform-records.ts";

const config = readConfig({
  ENVIRONMENT: text(),
  LOG_DAYS: logDays(),
  LOG_STREAMS: logStreams(),
  LOGS_STREAM: text(),
  LOGS_TABLE: text(),
  LOGS_LATE_QUEUE_URL: text(),
  LOGS_TRACES_QUEUE_URL: text(),
  LAKE_BUCKET: text(),
});

export const handler = deliveryStreamHandler({
  action: makeTransformRecords({
    environment: config.ENVIRONMENT,
    logDays: config.LOG_DAYS,
    keepTraces: makeKeepTraces({
      putRows: traceTable(config.LOGS_TABLE),
      sendRows: traceQueue(config.LOGS_TRACES_QUEUE_URL),
      putFile: lakeBucket(config.LAKE_BUCKET),
    }),
    sendLate: lateQueue(config.LOGS_LATE_QUEUE_URL),
    putBack: logStream(config.LOGS_STREAM, config.LOG_STREAMS),
  }),
});
