import type { StreamRecord } from "../../seams.ts";

export type Failed = {
  record: StreamRecord;
  errorCode: string;
  errorMessage: string;
  attempts: number;
  functionArn: string;
};

/** A failure as Firehose writes it, one a line, under the error prefix. */
export const failureLine = (
  { record, errorCode, errorMessage, attempts, functionArn }: Failed,
  now: number,
): string =>
  `${JSON.stringify({
    attemptsMade: attempts,
    arrivalTimestamp: record.arrivedAt,
    errorCode,
    errorMessage,
    attemptEndingTimestamp: now,
    rawData: record.data.toString("base64"),
    lambdaArn: functionArn,
  })}\n`;
