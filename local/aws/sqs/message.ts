import type { SQLOutputValue } from "node:sqlite";
import type { MessageAttributes } from "../../seams.ts";

/** System attributes that a sender may set. */
export type SystemAttributes = { AWSTraceHeader?: string; MessageGroupId?: string };

export type NewMessage = {
  body: string;
  attributes: MessageAttributes;
  system: SystemAttributes;
  sender: string;
  delaySeconds: number;
};

export type StoredMessage = {
  id: number;
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  system: SystemAttributes;
  sender: string;
  sent: number;
  received: number;
  firstReceived: number;
  receiptHandle: string;
  /** ARN of the queue whose dead letter this is. */
  source: string | undefined;
};

type Row = Record<string, SQLOutputValue>;

export const number = (value: SQLOutputValue | undefined): number => Number(value ?? 0);
const json = (value: SQLOutputValue | undefined) =>
  value === null || value === undefined ? {} : JSON.parse(String(value));
/** An empty object is stored as null. */
export const jsonOrNull = (value: object): string | null =>
  Object.keys(value).length === 0 ? null : JSON.stringify(value);

export const toMessage = (
  row: Row,
  received: number,
  firstReceived: number,
  receiptHandle: string,
): StoredMessage => ({
  id: number(row.id),
  messageId: String(row.message_id),
  body: String(row.body),
  attributes: json(row.attributes),
  system: json(row.system),
  sender: String(row.sender),
  sent: number(row.sent),
  received: received + number(row.carried),
  firstReceived,
  receiptHandle,
  source: row.source === null ? undefined : String(row.source),
});
