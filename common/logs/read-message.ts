import { isUtf8 } from "node:buffer";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, FaultList } from "#common/errors/fault.ts";
import { equalNameFaults } from "#common/json/equal-names.ts";
import { jsonFaults } from "#common/json/json.ts";
import { isPlainJson } from "#common/json/plain-json.ts";
import { instantOf } from "#common/time/instant.ts";
import {
  type CheckedMessage,
  type CheckedStoredEvent,
  LogMessageSchema,
  StoredEventSchema,
} from "./message.schema.ts";

/** A message that passed every rule; its times are real ones. */
export type Checked = CheckedMessage | CheckedStoredEvent;

const NO_TIME = "must be a real time, for example 2025-01-31T12:00:00Z";

/** Times that have the form of one and are none: the 30th of February, a leap second. */
const timeFaults = (message: Checked): Fault[] => {
  const faults: Fault[] = [];
  const look = (path: string, time: string | undefined) => {
    if (time !== undefined && instantOf(time) === undefined) faults.push({ path, message: NO_TIME });
  };
  look("/time", message.time);
  if (message.logType === "events") {
    look("/date", message.date);
    look("/recordedAt", message.recordedAt);
  } else {
    for (let index = 0; index < message.events.length; index += 1) {
      look(`/events/${index}/time`, message.events[index]?.time);
    }
  }
  return faults;
};

const isStoredEvent = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "logType" in value && value.logType === "events";

/** Checks a parsed value against the rules for a message of its type; every fault at once. */
export const checkMessage = (
  value: unknown,
): { ok: true; message: Checked } | { ok: false; faults: Fault[] } => {
  const checked = (isStoredEvent(value) ? StoredEventSchema : LogMessageSchema).check(value);
  if (!checked.ok) return checked;
  const faults = timeFaults(checked.value);
  return faults.length === 0 ? { ok: true, message: checked.value } : { ok: false, faults };
};

/**
 * The text of a record; throws `MESSAGE_NOT_JSON` for bytes that are no UTF-8, which would be kept as other
 * characters than were sent.
 */
export const textOfRecord = (data: Buffer): string => {
  if (isUtf8(data)) return data.toString("utf8");
  throw new AppError("MESSAGE_NOT_JSON", { internal: "the record is not valid UTF-8" });
};

/** Parses JSON by the rules for every body: throws `MESSAGE_NOT_JSON` or, with the faults, `MESSAGE_INVALID`. */
export const parseRecord = (text: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError("MESSAGE_NOT_JSON");
  }
  if (isPlainJson(text, value)) return value;
  const list = new FaultList().add(...jsonFaults(value));
  // Looking for equal names recurses, and what has faults already may be too deep for that.
  if (list.faults.length === 0) list.add(...equalNameFaults(text, value));
  if (list.faults.length > 0) throw new AppError("MESSAGE_INVALID", { errors: list.faults });
  return value;
};

/** A parsed value as a message; throws `MESSAGE_INVALID` with every fault. */
export const checkedMessage = (value: unknown): Checked => {
  const checked = checkMessage(value);
  if (!checked.ok) throw new AppError("MESSAGE_INVALID", { errors: checked.faults });
  return checked.message;
};

/** A message of a record's text; throws `MESSAGE_NOT_JSON` or `MESSAGE_INVALID`. */
export const readMessage = (text: string): Checked => checkedMessage(parseRecord(text));
