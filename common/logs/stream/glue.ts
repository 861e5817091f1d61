/** A message on its way to a stream, as JSON text. */
export type StreamMessage = { organizationID: string; json: string };

/** Messages that travel as one record: it costs as much as one of 5 KB. */
export type GluedRecord = { data: Buffer; messages: StreamMessage[] };

/** A stream parts a record into at most 500. */
const MESSAGES_MAX = 500;

/** A record takes 1,024,000 bytes; a message may have as many as a topic takes. */
export const MESSAGE_BYTES_MAX = 1_000_000;

const toRecord = (messages: StreamMessage[]): GluedRecord => ({
  data: Buffer.from(messages.map(({ json }) => json).join("\n")),
  messages,
});

/** Messages of one stream as records, in their order. None may be over `MESSAGE_BYTES_MAX`. */
export const glue = (messages: readonly StreamMessage[]): GluedRecord[] => {
  const records: GluedRecord[] = [];
  let part: StreamMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.json) + 1;
    if (part.length > 0 && (part.length === MESSAGES_MAX || bytes + size > MESSAGE_BYTES_MAX)) {
      records.push(toRecord(part));
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) records.push(toRecord(part));
  return records;
};
