import { pack, packedBytes, unpackText } from "#common/table/packed-json.ts";
import type { Item, ItemValue } from "#common/table/table.ts";
import { type LogLine, transactionIdsOf } from "../line.ts";

/** How long a trace is kept in the table. */
const TRACE_SECONDS = 35 * 86_400;

/** A message that is larger when packed lies in the lake, and its rows name the object. */
export const ROW_BYTES_MAX = 8_192;

/** The partition of one transaction's rows. Neither an organization's id nor a transaction's holds a `#`. */
export const tracePartition = (organizationID: string, transactionId: string): string =>
  `${organizationID}#trace#${transactionId}`;

/** Rows stand in the order of their times; an id counts once in its type and hour, so a time may have several. */
const sortKeyOf = ({ time, logType, id }: LogLine): string => `${time}#${logType}#${id}`;

/** Where a line lies that is too large for its rows: two lines have one id only in different types or hours. */
const objectKeyOf = ({ organizationID, id, logType, time }: LogLine): string =>
  `traces/organization=${organizationID}/${id}/${logType}-${time.slice(0, 13)}`;

/** What a message's rows hold: the packed line, or the key of its object. */
export type TraceContent = { message: ItemValue } | { key: string };

export type TraceRows = {
  /** One for each transaction id that the line names. */
  items: Item[];
  /** To be put before the rows, which name it. */
  object?: { key: string; body: Uint8Array };
};

const bytesOf = (packed: ItemValue): Uint8Array =>
  packed instanceof Uint8Array ? packed : Buffer.from(String(packed));

/** The rows of the table `logs` under which a line is found by transaction id; `json` is the line as text. */
export const traceRowsOf = (line: LogLine, json: string): TraceRows => {
  const ids = transactionIdsOf(line);
  if (ids.length === 0) return { items: [] };
  const packed = pack(json);
  const isLarge = packedBytes(packed) > ROW_BYTES_MAX;
  const key = objectKeyOf(line);
  const receivedAt = Date.parse(line.receivedAt);
  const items = ids.map(
    (transactionId): Item => ({
      pk: tracePartition(line.organizationID, transactionId),
      sk: sortKeyOf(line),
      receivedAt,
      expiresAt: Math.floor(receivedAt / 1_000) + TRACE_SECONDS,
      ...(isLarge ? { key } : { message: packed }),
    }),
  );
  return isLarge ? { items, object: { key, body: bytesOf(packed) } } : { items };
};

/** The line of a row, or the key of the object that holds it packed. */
export const contentOfTraceRow = (item: Item): { line: LogLine } | { key: string } =>
  typeof item.key === "string" ? { key: item.key } : { line: JSON.parse(unpackText(item.message)) };

/** The line of an object that a row names. */
export const lineOfTraceObject = (body: Uint8Array): LogLine => JSON.parse(unpackText(body));
