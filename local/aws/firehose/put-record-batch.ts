import { records } from "../port/input.ts";
import { dataOf, type FirehoseAction, invalid, openStream } from "./context.ts";

const RECORDS_MAX = 500;
const BYTES_MAX = 4 * 1024 * 1024;

const throttled = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };

export const putRecordBatch: FirehoseAction = (context) => async (input, call) => {
  const stream = openStream(context, input, call, "PutRecordBatch");
  const entries = records(input, "Records");
  if (entries.length < 1 || entries.length > RECORDS_MAX) {
    throw invalid(
      `1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length between 1 and ${RECORDS_MAX}`,
    );
  }
  const datas = entries.map(dataOf);
  if (datas.reduce((bytes, { length }) => bytes + length, 0) > BYTES_MAX) {
    throw invalid("Records size exceeds 4 MB limit");
  }
  if (stream.isThrottled()) {
    return { FailedPutCount: datas.length, Encrypted: false, RequestResponses: datas.map(() => throttled) };
  }
  const ids = await stream.put(datas);
  return { FailedPutCount: 0, Encrypted: false, RequestResponses: ids.map((RecordId) => ({ RecordId })) };
};
