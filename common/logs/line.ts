import type { JsonObject, LogEventType } from "#common/log-message/message.ts";
import { instantOf } from "#common/time/instant.ts";
import type { LogType } from "./types.ts";

/** The version of a line's form; older ones stay readable. */
export const SCHEMA = 1;

/** An event of a line. Times are UTC with milliseconds; what is absent is as the message says. */
export type LineEvent = {
  action: string;
  description: string;
  type?: LogEventType;
  server?: string;
  time?: string;
  transactionId?: string;
  /** `file:line:column` */
  caller?: string;
  success: boolean;
  detail?: JsonObject;
  /** Fields that have no column. */
  extra?: JsonObject;
};

/** What every line has. */
type LineOfAny = {
  schema: typeof SCHEMA;
  environment: string;
  organizationID: string;
  logType: LogType;
  id: string;
  /** What counts: the time that was sent, or the arrival. */
  time: string;
  /** What was sent, where it was too far ahead or too old to count. */
  sentTime?: string;
  receivedAt: string;
  /** Of `time`, in UTC; the partition that the line lies in. */
  year: number;
  month: number;
  day: number;
  hour: number;
  transactionId?: string;
  /** False if any event's is. */
  success: boolean;
};

/** One object of the lake: a message and what the platform says of it. */
export type MessageLine = LineOfAny & {
  logType: Exclude<LogType, "events">;
  server?: string;
  events: LineEvent[];
  /** Fields that have no column. */
  extra?: JsonObject;
};

/** An event of a customer, as the events service stored it; `id` is its eventId, `time` its recordedAt. */
export type StoredEventLine = LineOfAny & {
  logType: "events";
  eventId: string;
  customerId: string;
  type: string;
  description: string;
  date: string;
  actor?: string;
  targets?: { type: string; id: string; name?: string }[];
  detail?: unknown;
  recordedAt: string;
  recordedBy?: string;
  chain?: JsonObject;
};

export type LogLine = MessageLine | StoredEventLine;

/** The transaction ids that a line belongs to, each once: the message's and its events'. */
export const transactionIdsOf = (line: LogLine): string[] => {
  const ids = new Set<string>();
  if (line.transactionId !== undefined) ids.add(line.transactionId);
  if (line.logType !== "events") {
    for (const { transactionId } of line.events) if (transactionId !== undefined) ids.add(transactionId);
  }
  return [...ids];
};

/** Older than this at its arrival, a line no longer goes through the stream: it would open a partition there. */
const LATE_MS = 2 * 3_600_000;

/** Whether the line's time was over two hours before its arrival. */
export const isLate = ({ time, receivedAt }: Pick<LogLine, "time" | "receivedAt">): boolean =>
  (instantOf(receivedAt) ?? 0) - (instantOf(time) ?? 0) > LATE_MS;
