import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { type Refused, sendInBatches } from "./batch.ts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: FirehoseClient | undefined;
export const firehose = (): FirehoseClient => {
  client ??= rememberClient(new FirehoseClient(CLIENT_DEFAULTS));
  return client;
};

/** Puts records on a delivery stream (500 and 4 MiB a call); answers what it did not take. */
export const putRecords = (stream: string, records: readonly Uint8Array[]): Promise<Refused<Uint8Array>[]> =>
  sendInBatches(records, {
    countMax: 500,
    bytesMax: 4_194_304,
    bytesOf: (record) => record.byteLength,
    send: async (items) => {
      const { RequestResponses = [] } = await firehose().send(
        new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: items.map((Data) => ({ Data })) }),
      );
      // Answers stand in the order of the entries; each refusal is ServiceUnavailable or InternalFailure.
      return RequestResponses.flatMap(({ ErrorCode, ErrorMessage = "" }, index) => {
        const item = items[index];
        return ErrorCode && item ? [{ item, code: ErrorCode, reason: ErrorMessage, retry: true }] : [];
      });
    },
  });
