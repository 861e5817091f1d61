import { inParallel } from "#common/async/in-parallel.ts";
import { putRecords } from "#common/aws/firehose.ts";
import { streamNumberOf } from "#common/log-message/stream-number.ts";
import { glue, type StreamMessage } from "./glue.ts";

/** Puts messages on the log streams; answers those that no stream took after its retries, and why. */
export type PutMessages = (
  messages: readonly StreamMessage[],
) => Promise<{ refused: StreamMessage[]; reason: string }>;

/** The log streams `<name>`, `<name>-1`, …, each with its share of the organizations. */
export const logStream =
  (name: string, streams: number): PutMessages =>
  async (messages) => {
    const byStream = Map.groupBy(messages, ({ organizationID }) => streamNumberOf(organizationID, streams));
    const refused = await inParallel([...byStream], 4, async ([number, ofStream]) => {
      const records = glue(ofStream);
      const byData = new Map(records.map((record) => [record.data as Uint8Array, record]));
      const stream = number === 0 ? name : `${name}-${number}`;
      const given = await putRecords(stream, [...byData.keys()]);
      return given.map(({ item, code }) => ({ messages: byData.get(item)?.messages ?? [], code }));
    });
    const all = refused.flat();
    return { refused: all.flatMap((one) => one.messages), reason: all[0]?.code ?? "" };
  };
