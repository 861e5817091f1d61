import middy from "@middy/core";
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { loggable } from "#common/telemetry/log.ts";
import { note, noteOutcome, observe } from "./observe.ts";

/**
 * The stack of functions that follow a table. Changes come in order per key, so the deed takes them
 * one after the other; the first that fails is reported, and Lambda starts again from it.
 */
export const tableStreamHandler = (deed: (change: DynamoDBRecord) => Promise<void>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>()
    .use(observe())
    .handler(async ({ Records }) => {
      noteOutcome("info", "changes handled");
      note({ batchSize: Records.length, failed: 0 });
      for (const [index, record] of Records.entries()) {
        try {
          await deed(record);
        } catch (error) {
          noteOutcome("warn", "changes handled");
          note({ failed: Records.length - index, error: loggable(error) });
          return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
        }
      }
      return { batchItemFailures: [] };
    });
