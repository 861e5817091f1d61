import middy from "@middy/core";
import type {
  Context,
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from "aws-lambda";
import { toAppError } from "#common/errors/app-error.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { note, noteOutcome, observe } from "./observe.ts";

export type Transformed = { data: string; partitionKeys: Record<string, string> };

/**
 * The stack of functions that a delivery stream calls on its records: each comes back under its id,
 * transformed with its partition keys, or as `ProcessingFailed`, which the stream keeps under its
 * error prefix. One bad record does not touch the others.
 */
export const deliveryStreamHandler = (deed: (data: Buffer, arrivedAtMs: number) => Transformed) =>
  middy<FirehoseTransformationEvent, FirehoseTransformationResult, Error, Context>()
    .use(observe())
    .handler(async ({ records }) => {
      noteOutcome("info", "records transformed");
      let rejected = 0;
      const answers = records.map(
        ({ recordId, data, approximateArrivalTimestamp }): FirehoseTransformationResultRecord => {
          try {
            const transformed = deed(Buffer.from(data, "base64"), approximateArrivalTimestamp);
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
        noteOutcome("error", "records transformed");
        count("MessagesRejected", rejected);
      }
      return { records: answers };
    });
