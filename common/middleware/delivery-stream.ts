import middy from "@middy/core";
import type {
  Context,
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from "aws-lambda";
import { toAppError } from "#common/errors/app-error.ts";
import { note, noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { tracing } from "./tracing.ts";

export type StreamRecord = { recordId: string; data: Buffer; arrivedAtMs: number };

/** What becomes of a record: it is delivered, it went another way, or it is kept as a failure. */
export type Transformed =
  | { data: string; partitionKeys: Record<string, string> }
  | { dropped: true }
  | { error: unknown };

export type DeliveryStreamOptions = {
  /** Answers one result for each record, in their order. A throw has the stream try all of them again. */
  action: (records: StreamRecord[]) => Promise<Transformed[]>;
};

type Answered = FirehoseTransformationResultRecord;

/**
 * The stack of functions that a delivery stream calls on its records: each comes back under its id,
 * transformed with its partition keys, as `Dropped`, or as `ProcessingFailed`, which the stream keeps under its
 * error prefix. One bad record does not touch the others.
 */
export const deliveryStreamHandler = ({ action }: DeliveryStreamOptions) =>
  middy<FirehoseTransformationEvent, FirehoseTransformationResult, Error, Context>()
    .use([metrics(), logging({ message: "records transformed" }), tracing()])
    .handler(async ({ records }) => {
      const results = await action(
        records.map(({ recordId, data, approximateArrivalTimestamp }) => ({
          recordId,
          data: Buffer.from(data, "base64"),
          arrivedAtMs: approximateArrivalTimestamp,
        })),
      );
      let rejected = 0;
      let dropped = 0;
      const answers = records.map(({ recordId, data }, index): Answered => {
        const result = results[index] ?? { error: new Error("the action left a record out") };
        if ("dropped" in result) {
          dropped += 1;
          return { recordId, result: "Dropped", data: "" };
        }
        if ("data" in result) {
          const { partitionKeys } = result;
          const text = Buffer.from(result.data).toString("base64");
          return { recordId, result: "Ok", data: text, metadata: { partitionKeys } };
        }
        rejected += 1;
        const error = toAppError(result.error);
        note({ code: error.code, error: loggable(error.cause ?? error) });
        return { recordId, result: "ProcessingFailed", data };
      });
      note({ batchSize: records.length, droppedRecords: dropped, rejected });
      if (rejected > 0) {
        noteFailure("error", "records transformed");
        count("MessagesRejected", rejected);
      }
      return { records: answers };
    });
