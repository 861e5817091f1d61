import { AwsError } from "../port/errors.ts";
import { record } from "../port/input.ts";
import { dataOf, type FirehoseAction, openStream } from "./context.ts";

export const putRecord: FirehoseAction = (context) => async (input, call) => {
  const stream = openStream(context, input, call, "PutRecord");
  const data = dataOf(record(input, "Record"));
  if (stream.isThrottled()) throw new AwsError("ServiceUnavailableException", "Slow down.", { status: 500 });
  const [RecordId] = await stream.put([data]);
  return { RecordId, Encrypted: false };
};
