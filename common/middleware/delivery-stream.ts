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

export type Transformed = { data: string; partitionKeys: Record<string, string> };

export type DeliveryStreamOptions = { action: (data: Buffer, arrivedAtMs: number) => Transformed };

/**
 * The stack of functions that a delivery stream calls on its records: each comes back under its id,
 * transformed with its partition keys, or as `ProcessingFailed`, which the stream keeps under its
 * error prefix. One bad record does not touch the others.
 */
export const deliveryStreamHandler = ({ action }: DeliveryStreamOptions) =>
  middy<FirehoseTransformationEvent, FirehoseTransformationResult, Error, Context>()
    .use([metrics(), logging({ message: "records transformed" }), tracing()])
    .handler(async ({ records }) => {
      let rejected = 0;
      const answers = records.map(
        ({ recordId, data, approximateArrivalTimestamp }): FirehoseTransformationResultRecord => {
          try {
            const transformed = action(Buffer.from(data, "base64"), approximateArrivalTimestamp);
            return {
              recordId,
              result: "Ok",
              data: Buffer.from(transformed.data).toString("base64"),
              metadata: { partitionKeys: transformed.partitionKeys },
            };
          } catch (thrown) {
            rejected += 1;
            const error = toAppError(thrown);
            note({ code: error.code, error: loggable(error.cause ?? error) });
            return { recordId, result: "ProcessingFailed", data };
          }
        },
      );
      note({ batchSize: records.length, rejected });
      if (rejected > 0) {
        noteFailure("error", "records transformed");
        count("MessagesRejected", rejected);
      }
      return { records: answers };
    });
