import { AUDIT_TYPE, EVENT_LIMITS } from "#common/events/event.ts";
import { instantOf } from "#common/events/instant.ts";
import { isGivenId } from "#common/ids/given-id.ts";
import { DEPTH_MAX } from "#common/validation/json.ts";
import { detailBytesOf, hasControlCharacter, isTooFarAhead, type Posting } from "./event-rules.ts";
import { BATCH_EVENTS_MAX } from "./posted-event.ts";

const { typeLength, descriptionLength, actorLength, detailBytes } = EVENT_LIMITS;

/** Length in code points, as JSON Schema counts. */
const hasLength = (text: string, max: number): boolean =>
  text.length > 0 && (text.length <= max || (text.length <= 2 * max && [...text].length <= max));

const isText = (value: unknown, max: number): value is string =>
  typeof value === "string" && hasLength(value, max) && !hasControlCharacter(value) && value.isWellFormed();

/** Most bytes that one UTF-16 unit can take in JSON (`\u001f`), and a number with its comma. */
const UNIT_BYTES_MAX = 6;
const NUMBER_BYTES_MAX = 26;

/**
 * At most so many bytes as JSON, without making it; infinite for what the platform does not keep. Counts each
 * value's comma, colon, quotes and brackets as 4.
 */
const bytesBound = (value: unknown, depth: number): number => {
  if (typeof value === "string") {
    return value.isWellFormed() ? 4 + value.length * UNIT_BYTES_MAX : Number.POSITIVE_INFINITY;
  }
  if (typeof value !== "object" || value === null) return NUMBER_BYTES_MAX;
  if (depth === DEPTH_MAX) return Number.POSITIVE_INFINITY;
  let bytes = 4;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) bytes += bytesBound(value[index], depth + 1);
    return bytes;
  }
  for (const name of Object.keys(value)) {
    if (name === "__proto__") return Number.POSITIVE_INFINITY;
    bytes += bytesBound(name, 0) + bytesBound((value as Record<string, unknown>)[name], depth + 1);
  }
  return bytes;
};

const isDetail = (detail: unknown, depth: number): boolean => {
  const bound = bytesBound(detail, depth);
  // The bound is generous: what may be too large is measured.
  return bound <= detailBytes || (bound < Number.POSITIVE_INFINITY && detailBytesOf(detail) <= detailBytes);
};

const isDate = (value: unknown, nowMs: number): boolean => {
  const instant = typeof value === "string" ? instantOf(value) : undefined;
  return instant !== undefined && !isTooFarAhead(instant, nowMs);
};

const acceptsEvent = (event: unknown, depth: number, { organizationId, nowMs }: Posting): boolean => {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return false;
  let required = 0;
  for (const name in event) {
    const value = (event as Record<string, unknown>)[name];
    switch (name) {
      case "customerId":
        if (!isGivenId(value)) return false;
        required += 1;
        break;
      case "type":
        if (!isText(value, typeLength) || value === AUDIT_TYPE) return false;
        required += 1;
        break;
      case "description":
        if (!isText(value, descriptionLength)) return false;
        required += 1;
        break;
      case "eventId":
        if (!isGivenId(value)) return false;
        break;
      case "date":
        if (!isDate(value, nowMs)) return false;
        break;
      case "actor":
        if (!isText(value, actorLength)) return false;
        break;
      case "detail":
        if (!isDetail(value, depth + 1)) return false;
        break;
      case "organizationId":
        if (value !== organizationId) return false;
        break;
      default:
        return false;
    }
  }
  return required === 3;
};

/**
 * Whether a parsed body has no fault at all: the schema, the rules and what the platform keeps of JSON in
 * one pass that only says yes or no. Batches are this function's daily bread; whoever is told no asks the
 * schema and the rules for the faults. A property test holds the two to the same verdict.
 */
export const accepts = (body: unknown, posting: Posting): boolean => {
  if (!Array.isArray(body)) return acceptsEvent(body, 0, posting);
  if (body.length === 0 || body.length > BATCH_EVENTS_MAX) return false;
  for (let index = 0; index < body.length; index += 1) {
    if (!acceptsEvent(body[index], 1, posting)) return false;
  }
  return true;
};
