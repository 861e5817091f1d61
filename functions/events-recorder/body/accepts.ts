import { AUDIT_TYPE, EVENT_LIMITS } from "#common/events/event.ts";
import { isGivenId } from "#common/ids/given-id.ts";
import { DEPTH_MAX } from "#common/json/json.ts";
import { instantOf } from "#common/time/instant.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";
import { detailBytesOf, isTooFarAhead, type Posting } from "./event-rules.ts";
import { BATCH_EVENTS_MAX, type PostedEvent } from "./posted-event.ts";

const { typeLength, descriptionLength, actorLength, detailBytes } = EVENT_LIMITS;
const { targetTypeLength, targetIdLength, targetNameLength } = EVENT_LIMITS;

/** Where a text that is not all ASCII usually shows it. */
const BEGINNING = 4_096;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the bounds of ASCII
const NOT_ASCII = /[^\u0000-\u007f]/;

/**
 * Whether a JSON text is all ASCII without escapes and DEL: then no text in it can hold a control character
 * (JSON has them as escapes only) or a lone surrogate, and none needs to be looked at by itself. The scans of
 * the whole go by machine words; only counting the bytes of what is not ASCII is slow (200 µs for a batch of
 * 500, of ASCII 20), so the beginning is asked first.
 */
export const isPlain = (text: string): boolean =>
  !text.includes("\\") &&
  !text.includes("\u007f") &&
  !NOT_ASCII.test(text.slice(0, BEGINNING)) &&
  Buffer.byteLength(text) === text.length;

/** Length in code points, as JSON Schema counts. */
const hasLength = (text: string, max: number): boolean =>
  text.length > 0 && (text.length <= max || (text.length <= 2 * max && [...text].length <= max));

const isText = (value: unknown, max: number, plain: boolean): value is string =>
  typeof value === "string" &&
  hasLength(value, max) &&
  (plain || (!hasControlCharacter(value) && value.isWellFormed()));

/** Most bytes that one UTF-16 unit can take in JSON (`\u001f`), and a number with its comma. */
const UNIT_BYTES_MAX = 6;
const NUMBER_BYTES_MAX = 26;
const REFUSED = Number.POSITIVE_INFINITY;

/**
 * At most so many bytes as JSON, without making it; infinite for what the platform does not keep. Counts each
 * value's comma, colon, quotes and brackets as 4.
 */
const bytesBound = (value: unknown, depth: number, plain: boolean): number => {
  if (typeof value === "string") {
    return plain || value.isWellFormed() ? 4 + value.length * UNIT_BYTES_MAX : REFUSED;
  }
  if (typeof value !== "object" || value === null) return NUMBER_BYTES_MAX;
  if (depth === DEPTH_MAX) return REFUSED;
  let bytes = 4;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) bytes += bytesBound(value[index], depth + 1, plain);
    return bytes;
  }
  // What JSON.parse makes inherits nothing that would be listed.
  for (const name in value) {
    if (name === "__proto__" || !(plain || name.isWellFormed())) return REFUSED;
    bytes += 4 + name.length * UNIT_BYTES_MAX;
    bytes += bytesBound((value as Record<string, unknown>)[name], depth + 1, plain);
  }
  return bytes;
};

const isDetail = (detail: unknown, depth: number, plain: boolean): boolean => {
  const bound = bytesBound(detail, depth, plain);
  // The bound is generous: what may be too large is measured.
  return bound <= detailBytes || (bound < REFUSED && detailBytesOf(detail) <= detailBytes);
};

const isDate = (value: unknown, nowMs: number): boolean => {
  const instant = typeof value === "string" ? instantOf(value) : undefined;
  return instant !== undefined && !isTooFarAhead(instant, nowMs);
};

const isTarget = (value: unknown, plain: boolean): boolean => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { type, id, name, ...more } = value as Record<string, unknown>;
  return (
    isText(type, targetTypeLength, plain) &&
    !type.includes(":") &&
    isText(id, targetIdLength, plain) &&
    (name === undefined || isText(name, targetNameLength, plain)) &&
    Object.keys(more).length === 0
  );
};

const areTargets = (value: unknown, plain: boolean): boolean =>
  Array.isArray(value) &&
  value.length <= EVENT_LIMITS.targets &&
  value.every((target) => isTarget(target, plain));

/**
 * The fields are read by name and then counted: as many as are known must be all there are. JSON has no
 * undefined, so what is undefined is not there.
 */
const acceptsEvent = (
  event: Partial<Record<keyof PostedEvent, unknown>> | null,
  depth: number,
  plain: boolean,
  { organizationId, nowMs }: Posting,
): boolean => {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return false;
  if (!isGivenId(event.customerId)) return false;
  if (!isText(event.type, typeLength, plain) || event.type === AUDIT_TYPE) return false;
  if (!isText(event.description, descriptionLength, plain)) return false;
  let known = 3;
  if (event.eventId !== undefined) {
    if (!isGivenId(event.eventId)) return false;
    known += 1;
  }
  if (event.date !== undefined) {
    if (!isDate(event.date, nowMs)) return false;
    known += 1;
  }
  if (event.actor !== undefined) {
    if (!isText(event.actor, actorLength, plain)) return false;
    known += 1;
  }
  if (event.targets !== undefined) {
    if (!areTargets(event.targets, plain)) return false;
    known += 1;
  }
  if (event.organizationId !== undefined) {
    if (event.organizationId !== organizationId) return false;
    known += 1;
  }
  if (event.detail !== undefined) {
    if (!isDetail(event.detail, depth + 1, plain)) return false;
    known += 1;
  }
  for (const _ in event) known -= 1;
  return known === 0;
};

/**
 * Whether a parsed body has no fault at all: the schema, the rules and what the platform keeps of JSON in
 * one pass that only says yes or no; `plain` is `isPlain` of its text. Batches are this function's daily
 * bread; whoever is told no asks the schema and the rules for the faults. A property test holds the two
 * to the same verdict.
 */
export const accepts = (body: unknown, plain: boolean, posting: Posting): boolean => {
  if (!Array.isArray(body)) return acceptsEvent(body as object, 0, plain, posting);
  if (body.length === 0 || body.length > BATCH_EVENTS_MAX) return false;
  for (let index = 0; index < body.length; index += 1) {
    if (!acceptsEvent(body[index], 1, plain, posting)) return false;
  }
  return true;
};
