/** A record that a stream kept under its error prefix. */
export type FailedRecord = {
  /** As it came to the stream. */
  data: Buffer;
  arrivedAtMs: number;
  /** In its object, from 1. */
  line: number;
};

type Failure = { rawData: string; arrivalTimestamp?: unknown };

const isFailure = (value: unknown): value is Failure =>
  typeof value === "object" && value !== null && "rawData" in value && typeof value.rawData === "string";

/**
 * The record of a line of such an object: a failure as Firehose describes it, with the record in base64. Anything else
 * is taken for the record itself, because AWS does not document the form for every kind of error.
 */
export const failedRecordOf = (text: string, line: number, objectTimeMs: number): FailedRecord => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { data: Buffer.from(text), arrivedAtMs: objectTimeMs, line };
  }
  if (!isFailure(value)) return { data: Buffer.from(text), arrivedAtMs: objectTimeMs, line };
  const { rawData, arrivalTimestamp } = value;
  const isTime = typeof arrivalTimestamp === "number" && arrivalTimestamp > 0;
  return {
    data: Buffer.from(rawData, "base64"),
    arrivedAtMs: isTime ? arrivalTimestamp : objectTimeMs,
    line,
  };
};
