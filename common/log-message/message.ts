import type { Json } from "#common/json/json.ts";

/** Bounds of what a log message may hold; the schemas and the docs take them from here. */
export const LOG_LIMITS = {
  actionLength: 200,
  descriptionLength: 4_000,
  serverLength: 100,
  eventTypeLength: 100,
  events: 1_000,
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
