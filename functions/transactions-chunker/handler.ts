import { readConfig, text } from "#common/config/config.ts";
import { eventQueue } from "#common/events/queue/event-queue.ts";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { publishImports } from "#common/imports/import-bus.ts";
import { FilesMessageSchema } from "#common/imports/import-message.schema.ts";
import { importQueues } from "#common/imports/import-queue.ts";
import { makeChunker } from "#common/imports/imports.ts";
import { queueHandler } from "#common/middleware/queue.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { note } from "#common/telemetry/line.ts";
import { log } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { transactionKind } from "#common/transactions/loading/kind.ts";
import { makeAuditDelivery } from "./audit-delivery.ts";
import { makeChunkFiles } from "./chunk-files.ts";

const config = readConfig({
  IMPORTS_TABLE: text(),
  TRANSACTIONS_FILES_QUEUE_URL: text(),
  TRANSACTIONS_FILES_DEAD_QUEUE_URL: text(),
  TRANSACTIONS_CHUNKS_QUEUE_URL: text(),
  TRANSACTIONS_REVERTS_QUEUE_URL: text(),
  EVENTS_AUDIT_QUEUE_URL: text(),
  DELIVERY_BUCKET: text(),
  BUS_NAME: text(),
  DEFAULT_CURRENCY: text(),
});

const kind = transactionKind(config.DEFAULT_CURRENCY);
const chunkFiles = makeChunkFiles({
  kind,
  chunker: makeChunker(
    {
      table: dynamodbTable(config.IMPORTS_TABLE),
      bucket: deliveryBucket(config.DELIVERY_BUCKET),
      queues: importQueues({
        files: config.TRANSACTIONS_FILES_QUEUE_URL,
        chunks: config.TRANSACTIONS_CHUNKS_QUEUE_URL,
        reverts: config.TRANSACTIONS_REVERTS_QUEUE_URL,
      }),
      publish: publishImports(config.BUS_NAME),
      now: Date.now,
    },
    kind,
  ),
  audit: makeAuditDelivery(eventQueue(config.EVENTS_AUDIT_QUEUE_URL).send),
  onOther: ({ key, reason }) => {
    count("FilesIgnored");
    log("warn", "file ignored", { resourceName: key, reason });
  },
});

export const handler = queueHandler({
  message: FilesMessageSchema,
  deadQueueUrl: config.TRANSACTIONS_FILES_DEAD_QUEUE_URL,
  action: async (messages) => {
    // The manifest asks for one at a time.
    for (const { body, transactionId } of messages) {
      if (transactionId !== undefined) note({ transactionId });
      await chunkFiles(body);
    }
    return [];
  },
});
