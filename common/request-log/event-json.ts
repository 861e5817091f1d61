import { makeMask } from "../log-message/mask.ts";
import {
  ACTION_LENGTH_MAX,
  DESCRIPTION_LENGTH_MAX,
  type LogEventType,
  NAME_LENGTH_MAX,
} from "../log-message/message.ts";
import { safeJson } from "./safe-json.ts";

export type EventOptions = {
  /** What kind of event it is: `request`, `response`, `call`, `publish`, `push`, `error`, `note` or another word. */
  type?: LogEventType | undefined;
  /** Anything else to know of it. What is no object is put under `value`. */
  detail?: unknown;
  /** False when it failed. */
  success?: boolean | undefined;
  /** In place of the log's. */
  server?: string | undefined;
  transactionId?: string | undefined;
  /** In place of now: a Date, Unix milliseconds, or RFC 3339. */
  time?: Date | number | string | undefined;
};

/** An event as JSON text; `detail` apart from it when both together are more than a message takes. */
export type EventJson = { json: string; bytes: number; detail?: string };

/** More than this stands in no message. */
export const MESSAGE_BYTES_MAX = 250_000;
/** What a message says beside its events. */
export const HEADER_BYTES_MAX = 1_000;
export const EVENTS_BYTES_MAX = MESSAGE_BYTES_MAX - HEADER_BYTES_MAX;
/** Fewer brackets cannot nest too deep. */
const BRACKETS_MAX = 90;

let lastMs = Number.NaN;
let lastTime = "";

/** Most events of a request are of few milliseconds. */
const timeOf = (ms: number): string => {
  if (ms !== lastMs) {
    lastTime = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastTime;
};

/** No longer than the platform takes: what is to be kept whole is detail. */
export const textOf = (value: unknown, lengthMax: number): string => String(value ?? "").slice(0, lengthMax);

/**
 * Writes events as JSON text at once, so that what the caller changes afterwards changes nothing here. Secrets
 * are masked. Nothing that is passed in makes it throw.
 */
export const makeWriteEvent = (maskKeys: readonly string[]) => {
  const mask = makeMask({ keys: maskKeys });
  /** What may hold something to mask, or what JSON or the platform would not take as it is, goes the long way. */
  const isUsual = (json: string): boolean =>
    !mask.isSuspect(json) &&
    !json.includes("{}") &&
    !json.includes("__proto__") &&
    (json.length < BRACKETS_MAX * 2 || json.split(/[[{]/, BRACKETS_MAX).length < BRACKETS_MAX);

  const toJson = (value: unknown): string => {
    try {
      const json = JSON.stringify(value);
      if (isUsual(json)) return json;
    } catch {
      // A circle, a big integer, or a getter that throws.
    }
    return JSON.stringify(mask.value(JSON.parse(safeJson(value))));
  };

  const write = (
    action: unknown,
    description: unknown,
    { type, detail, success, server, transactionId, time }: EventOptions,
    nowMs: number,
    caller?: string,
  ): EventJson => {
    const event = {
      time: timeOf(time === undefined ? nowMs : new Date(time).getTime()),
      action: textOf(action, ACTION_LENGTH_MAX) || "-",
      description: textOf(description, DESCRIPTION_LENGTH_MAX),
      type: type && textOf(type, NAME_LENGTH_MAX),
      success,
      server: server && textOf(server, NAME_LENGTH_MAX),
      transactionId,
      caller,
      // Nothing, an object, or what is to stand in one.
      detail:
        detail == null || (typeof detail === "object" && !Array.isArray(detail)) ? detail : { value: detail },
    };
    const json = toJson(event);
    const bytes = Buffer.byteLength(json);
    if (bytes <= EVENTS_BYTES_MAX) return { json, bytes };
    return { json: toJson({ ...event, detail: undefined }), bytes, detail: toJson(event.detail) };
  };

  return (...event: Parameters<typeof write>): EventJson => {
    try {
      return write(...event);
    } catch {
      return write("unreadable", typeof event[0] === "string" ? event[0] : "", {}, event[3]);
    }
  };
};

export type WriteEvent = ReturnType<typeof makeWriteEvent>;
