import type { Json } from "#common/json/json.ts";

/** Each by itself, so that a bundle holds the number in place of the name. */
export const ACTION_LENGTH_MAX = 200;
export const DESCRIPTION_LENGTH_MAX = 4_000;
/** Of a server's name and of an event's type. */
export const NAME_LENGTH_MAX = 100;
export const EVENTS_MAX = 1_000;

/** Bounds of what a log message may hold; the schemas and the docs take them from here. */
export const LOG_LIMITS = {
  actionLength: ACTION_LENGTH_MAX,
  descriptionLength: DESCRIPTION_LENGTH_MAX,
  serverLength: NAME_LENGTH_MAX,
  eventTypeLength: NAME_LENGTH_MAX,
  events: EVENTS_MAX,
} as const;

/** What an event of a message can be; any other word is taken too. */
export const EVENT_TYPES = ["request", "response", "call", "publish", "push", "error", "note"] as const;
export type LogEventType = (typeof EVENT_TYPES)[number] | (string & {});

export type JsonObject = { [name: string]: Json };

/** One thing that a server did; what is absent is as its message says. */
export type LogEvent = {
  action: string;
  description: string;
  detail?: JsonObject;
  /** Where in the program: `file:line:column`. */
  caller?: string;
  server?: string;
  /** True if it is not said. */
  success?: boolean;
  /** RFC 3339. */
  time?: string;
  transactionId?: string;
  type?: LogEventType;
  /** Any other field is kept. */
  [other: string]: Json | undefined;
};

/** A message as servers publish it. */
export type LogMessage = {
  organizationID: string;
  logType: string;
  /** Counts once in its organization, type and hour. */
  id?: string;
  /** RFC 3339; the arrival if it is not said. */
  time?: string;
  transactionId?: string;
  server?: string;
  events: LogEvent[];
  /** Any other field is kept. */
  [other: string]: unknown;
};
