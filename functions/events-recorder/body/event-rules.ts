import { type Fault, step } from "#common/errors/fault.ts";
import { AUDIT_TYPE, EVENT_LIMITS } from "#common/events/event.ts";
import { givenIdFault, isReservedId } from "#common/ids/given-id.ts";
import { instantOf } from "#common/time/instant.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";

/** What the rules compare with: the caller's organization, and the time of the request. */
export type Posting = { organizationId: string; nowMs: number };

const aheadMs = EVENT_LIMITS.aheadSeconds * 1000;

const isTooFarAhead = (instantMs: number, nowMs: number): boolean => instantMs > nowMs + aheadMs;

const detailBytesOf = (detail: unknown): number => Buffer.byteLength(JSON.stringify(detail));

const dateFault = (date: string, nowMs: number): string | undefined => {
  const instant = instantOf(date);
  if (instant === undefined) {
    return "must be a real time of the years 0001 to 9999, not a leap second, for example 2025-01-31T12:00:00Z";
  }
  return isTooFarAhead(instant, nowMs)
    ? `must be at most ${EVENT_LIMITS.aheadSeconds / 60} minutes ahead`
    : undefined;
};

/** The pattern is the schema's to say. */
const idFault = (id: string): string | undefined => (isReservedId(id) ? givenIdFault(id) : undefined);

const textFault = (text: string): string | undefined =>
  hasControlCharacter(text) ? "must not hold control characters" : undefined;

const typeFault = (type: string): string | undefined =>
  type === AUDIT_TYPE ? `must not be ${AUDIT_TYPE}, which is the platform's own` : textFault(type);

/** Most bytes that a UTF-16 unit takes in JSON (`\u001f`), and a number or a literal with its comma. */
const UNIT_BYTES_MAX = 6;
const NUMBER_BYTES_MAX = 26;

/** What is left of so many bytes after the value's JSON, at its largest; negative when it may not fit. */
const leftAfter = (value: unknown, bytes: number): number => {
  if (bytes < 0) return bytes;
  if (typeof value === "string") return bytes - 3 - value.length * UNIT_BYTES_MAX;
  if (typeof value !== "object" || value === null) return bytes - NUMBER_BYTES_MAX;
  let left = bytes - 3;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) left = leftAfter(value[index], left);
    return left;
  }
  for (const name in value) {
    left = leftAfter((value as Record<string, unknown>)[name], left - 4 - name.length * UNIT_BYTES_MAX);
  }
  return left;
};

const detailFault = (detail: unknown): string | undefined => {
  const { detailBytes } = EVENT_LIMITS;
  try {
    // Most details are far from the limit, and writing each as JSON to count it is half the time of the rules.
    if (leftAfter(detail, detailBytes) >= 0) return undefined;
    const bytes = detailBytesOf(detail);
    return bytes > detailBytes ? `must have at most ${detailBytes} bytes as JSON, got ${bytes}` : undefined;
  } catch (error) {
    // Too deep to be written, and refused for that already.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const targetFaults = (targets: readonly unknown[], path: string): Fault[] =>
  targets.flatMap((target, index) =>
    Object.entries(isObject(target) ? target : {}).flatMap(([name, value]) => {
      const message = typeof value === "string" ? textFault(value) : undefined;
      return message === undefined ? [] : [{ path: `${path}/${index}${step(name)}`, message }];
    }),
  );

type Rule = (text: string, posting: Posting) => string | undefined;

/** Rules that the schema cannot say, for texts. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["eventId", idFault],
  ["customerId", idFault],
  [
    "organizationId",
    (text, { organizationId }) =>
      text === organizationId ? undefined : "must be the organization of the token, or absent",
  ],
  ["type", typeFault],
  ["description", textFault],
  ["actor", textFault],
  ["date", (text, { nowMs }) => dateFault(text, nowMs)],
]);

/** The faults of the fields that have a rule and the type for it. */
const eventFaults = (event: object, path: string, posting: Posting): Fault[] => {
  const faults: Fault[] = [];
  // What JSON.parse makes inherits nothing that would be listed, so no list of its entries has to be made.
  for (const name in event) {
    const value = (event as Record<string, unknown>)[name];
    const message =
      name === "detail"
        ? detailFault(value)
        : typeof value === "string"
          ? RULES.get(name)?.(value, posting)
          : undefined;
    if (message !== undefined) faults.push({ path: `${path}/${name}`, message });
  }
  return "targets" in event && Array.isArray(event.targets)
    ? [...faults, ...targetFaults(event.targets, `${path}/targets`)]
    : faults;
};

/** What the rules find wrong with a body, whatever else is wrong with it. */
export const ruleFaults = (body: unknown, posting: Posting): Fault[] =>
  Array.isArray(body)
    ? body.flatMap((event, index) => (isObject(event) ? eventFaults(event, `/${index}`, posting) : []))
    : isObject(body)
      ? eventFaults(body, "", posting)
      : [];
