import type { JsonObject } from "#common/log-message/message.ts";
import { instantOf, toUtc } from "#common/time/instant.ts";
import { type LineEvent, type LogLine, SCHEMA } from "./line.ts";
import type { CheckedMessage, CheckedStoredEvent } from "./message.schema.ts";
import type { Checked } from "./read-message.ts";

/** A sender's clock may be this far ahead. */
const AHEAD_MS = 300_000;
const DAY_MS = 86_400_000;

export type ToLineOptions = {
  environment: string;
  /** When the stream had it. */
  arrivedAtMs: number;
  /** How many days back a time counts (`LOG_DAYS`). */
  logDays: number;
  /** The id of a message that has none; the same one whenever it is asked again. */
  idOf: () => string;
};

/** What the platform says itself; a sender's is ignored. */
const OF_PLATFORM = [
  "schema",
  "environment",
  "year",
  "month",
  "day",
  "hour",
  "receivedAt",
  "success",
  "sentTime",
  // A sender's `extra` is merged with its unknown fields, so that a line that is sent again stays as it is.
  "extra",
] as const;

const MESSAGE_FIELDS: ReadonlySet<string> = new Set([
  ...OF_PLATFORM,
  "organizationID",
  "logType",
  "id",
  "time",
  "transactionId",
  "server",
  "events",
]);

const EVENT_FIELDS: ReadonlySet<string> = new Set([
  "action",
  "description",
  "detail",
  "caller",
  "server",
  "success",
  "time",
  "transactionId",
  "type",
  "extra",
]);

/** The fields that have no column; undefined when there is none. */
const extraOf = (from: object, fields: ReadonlySet<string>): JsonObject | undefined => {
  let extra: Record<string, unknown> | undefined;
  if ("extra" in from) {
    const { extra: given } = from;
    const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
    extra = isObject ? { ...given } : { extra: given };
  }
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in from) {
    if (fields.has(name)) continue;
    extra ??= {};
    extra[name] = (from as Record<string, unknown>)[name];
  }
  return extra as JsonObject | undefined;
};

/** Absent fields are left out one by one: writing them as undefined makes JSON.stringify slower. */
const toLineEvent = (event: CheckedMessage["events"][number]): LineEvent => {
  const line: LineEvent = {
    action: event.action,
    description: event.description,
    success: event.success ?? true,
  };
  if (event.type !== undefined) line.type = event.type;
  if (event.server !== undefined) line.server = event.server;
  if (event.time !== undefined) line.time = toUtc(event.time);
  if (event.transactionId !== undefined) line.transactionId = event.transactionId;
  if (event.caller !== undefined) line.caller = event.caller;
  if (event.detail !== undefined) line.detail = event.detail as JsonObject;
  const extra = extraOf(event, EVENT_FIELDS);
  if (extra !== undefined) line.extra = extra;
  return line;
};

/** The hour of the last line: most lines of a batch are of the same one, and a Date costs more than the rest. */
let lastHour = { at: Number.NaN, year: 0, month: 0, day: 0, hour: 0 };

const HOUR_MS = 3_600_000;

const hourOf = (timeMs: number) => {
  const at = Math.floor(timeMs / HOUR_MS);
  if (at !== lastHour.at) {
    const date = new Date(timeMs);
    lastHour = {
      at,
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
    };
  }
  return lastHour;
};

/** The text of the last arrival: the records of a batch came together. */
let lastArrival = { at: Number.NaN, text: "" };

const isoOf = (timeMs: number): string => {
  if (timeMs !== lastArrival.at) lastArrival = { at: timeMs, text: new Date(timeMs).toISOString() };
  return lastArrival.text;
};

const ofStoredEvent = (event: CheckedStoredEvent) => ({
  success: true,
  eventId: event.eventId,
  customerId: event.customerId,
  type: event.type,
  description: event.description,
  date: toUtc(event.date),
  actor: event.actor,
  targets: event.targets,
  detail: event.detail,
  recordedAt: toUtc(event.recordedAt),
  recordedBy: event.recordedBy,
  chain: event.chain,
});

const ofMessage = (message: CheckedMessage) => {
  const events = message.events.map(toLineEvent);
  return {
    success: events.every(({ success }) => success),
    server: message.server,
    events,
    extra: extraOf(message, MESSAGE_FIELDS),
  };
};

/**
 * The line of a message: what it says, in columns, and what the platform says of it. A time that lies more than
 * five minutes ahead of the arrival, or more than `logDays` back, is kept as `sentTime`, and the arrival
 * counts. Nothing is masked yet. Absent fields are undefined, which JSON leaves out.
 */
export const toLine = (
  message: Checked,
  { environment, arrivedAtMs, logDays, idOf }: ToLineOptions,
): LogLine => {
  const arrival = isoOf(arrivedAtMs);
  const sentMs = message.time === undefined ? undefined : instantOf(message.time);
  const counts =
    sentMs !== undefined && sentMs <= arrivedAtMs + AHEAD_MS && sentMs >= arrivedAtMs - logDays * DAY_MS;
  const { year, month, day, hour } = hourOf(counts ? sentMs : arrivedAtMs);
  const line = {
    schema: SCHEMA,
    environment,
    organizationID: message.organizationID,
    logType: message.logType,
    id: message.id ?? idOf(),
    time: counts && message.time !== undefined ? toUtc(message.time) : arrival,
    sentTime: counts || message.time === undefined ? undefined : toUtc(message.time),
    receivedAt: arrival,
    year,
    month,
    day,
    hour,
    transactionId: message.transactionId,
    ...(message.logType === "events" ? ofStoredEvent(message) : ofMessage(message)),
  };
  return line as LogLine;
};
