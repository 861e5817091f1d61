import { type Item, numberOf } from "#common/table/table.ts";
import type { TraceMessage, TraceMessageRow } from "./trace-message.schema.ts";

/** A queue's message takes 1 MiB; smaller ones are worked off side by side. */
const MESSAGE_BYTES_MAX = 200_000;

const toRow = (item: Item): TraceMessageRow => ({
  pk: item.pk,
  sk: item.sk,
  receivedAt: numberOf(item, "receivedAt"),
  expiresAt: numberOf(item, "expiresAt"),
  ...(typeof item.message === "string" ? { text: item.message } : {}),
  ...(item.message instanceof Uint8Array ? { packed: Buffer.from(item.message).toString("base64") } : {}),
  ...(typeof item.key === "string" ? { key: item.key } : {}),
});

/** The row of the table that a message's row is. */
export const traceItemOf = ({ pk, sk, receivedAt, expiresAt, text, packed, key }: TraceMessageRow): Item => ({
  pk,
  sk,
  receivedAt,
  expiresAt,
  ...(text === undefined ? {} : { message: text }),
  ...(packed === undefined ? {} : { message: Buffer.from(packed, "base64") }),
  ...(key === undefined ? {} : { key }),
});

/** The messages of rows that the table did not take: of one transaction id each, so that a hot one delays itself alone. */
export const traceMessagesOf = (items: readonly Item[]): TraceMessage[] =>
  [...Map.groupBy(items, ({ pk }) => pk).values()].flatMap((ofOne) => {
    const messages: TraceMessage[] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const row of ofOne.map(toRow)) {
      const size = JSON.stringify(row).length;
      if (bytes + size > MESSAGE_BYTES_MAX) {
        messages.push({ rows: [] });
        bytes = 0;
      }
      messages.at(-1)?.rows.push(row);
      bytes += size;
    }
    return messages;
  });
