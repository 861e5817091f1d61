import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, text } from "../port/input.ts";
import type { Call, Operation } from "../port/service.ts";
import type { DeliveryStream } from "./delivery-stream.ts";

export type FirehoseContext = {
  arns: Arns;
  streams: ReadonlyMap<string, DeliveryStream>;
};

export type FirehoseAction = (context: FirehoseContext) => Operation;

export const invalid = (message: string): AwsError => new AwsError("InvalidArgumentException", message);

/** The stream that the call names, if the caller may do this with it. */
export const openStream = (
  { arns, streams }: FirehoseContext,
  input: Input,
  call: Call,
  action: string,
): DeliveryStream => {
  const name = text(input, "DeliveryStreamName");
  call.authorize(`firehose:${action}`, arns.at("firehose", `deliverystream/${name}`));
  const stream = streams.get(name);
  if (stream) return stream;
  throw new AwsError(
    "ResourceNotFoundException",
    `Firehose ${name} under account ${arns.account} not found.`,
  );
};

export const RECORD_BYTES_MAX = 1_024_000;

/** A record's bytes. */
export const dataOf = (record: Input): Buffer => {
  const data = Buffer.from(text(record, "Data"), "base64");
  if (data.length <= RECORD_BYTES_MAX) return data;
  throw invalid(
    `1 validation error detected: Value at 'record.data' failed to satisfy constraint: Member must have length less than or equal to ${RECORD_BYTES_MAX}`,
  );
};
