import middy from "@middy/core";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { note, noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type TableStreamOptions = { action: (change: DynamoDBRecord) => Promise<void> };

/**
 * The stack of functions that follow a table. Changes come in order per key, so the action takes them
 * one after the other; the first that fails is reported, and Lambda starts again from it.
 */
export const tableStreamHandler = ({ action }: TableStreamOptions) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>()
    .use([metrics(), logging({ message: "changes handled" }), tracing()])
    .handler(async ({ Records }) => {
      note({ batchSize: Records.length, failed: 0 });
      for (const [index, record] of Records.entries()) {
        try {
          await action(record);
        } catch (error) {
          noteFailure("warn", "changes handled", { failed: Records.length - index, error: loggable(error) });
          return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
        }
      }
      return { batchItemFailures: [] };
    });
