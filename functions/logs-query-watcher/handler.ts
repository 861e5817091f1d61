import { sendMessage } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { athenaEngines } from "#common/logs/query/lake-athena.ts";
import { DEFAULT_LIMITS } from "#common/logs/query/limits.ts";
import { QueryMessageSchema } from "#common/logs/query/query-message.schema.ts";
import { askedQueries } from "#common/logs/query/query-rows.ts";
import { scannedBytes } from "#common/logs/query/scanned.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeWatchQueries } from "./watch-queries.ts";

const config = readConfig({
  ENVIRONMENT: text(),
  LOGS_TABLE: text(),
  LOGS_QUERIES_QUEUE_URL: text(),
  LOGS_QUERIES_DEAD_QUEUE_URL: text(),
  LOGS_READER_ROLE_ARN: text(),
  LAKE_BUCKET: text(),
});

const table = dynamodbTable(config.LOGS_TABLE);

export const handler = queueHandler({
  message: QueryMessageSchema,
  deadQueueUrl: config.LOGS_QUERIES_DEAD_QUEUE_URL,
  action: makeWatchQueries({
    environment: config.ENVIRONMENT,
    table,
    limits: DEFAULT_LIMITS,
    now: Date.now,
    queries: askedQueries(table),
    scanned: scannedBytes({ table, now: Date.now }),
    engines: athenaEngines({
      environment: config.ENVIRONMENT,
      roleArn: config.LOGS_READER_ROLE_ARN,
      bucket: config.LAKE_BUCKET,
    }),
    again: (message) =>
      sendMessage(config.LOGS_QUERIES_QUEUE_URL, { body: JSON.stringify(message), delaySeconds: 5 }),
  }),
});
