import { type Fault, step } from "#common/errors/fault.ts";
import { AUDIT_TYPE, EVENT_LIMITS } from "#common/events/event.ts";
import { givenIdFault, isReservedId } from "#common/ids/given-id.ts";
import { instantOf } from "#common/time/instant.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";

/** What the rules compare with: whose events they are, and when. */
export type Posting = { organizationId: string; nowMs: number };

const aheadMs = EVENT_LIMITS.aheadSeconds * 1000;

export const isTooFarAhead = (instantMs: number, nowMs: number): boolean => instantMs > nowMs + aheadMs;

export const detailBytesOf = (detail: unknown): number => Buffer.byteLength(JSON.stringify(detail));

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

const detailFault = (detail: unknown): string | undefined => {
  const { detailBytes } = EVENT_LIMITS;
  try {
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

/** Rules that the schema cannot say, for the fields that have a rule and the type for it. */
const eventFaults = (event: object, path: string, { organizationId, nowMs }: Posting): Fault[] => {
  const rules: Record<string, (text: string) => string | undefined> = {
    eventId: idFault,
    customerId: idFault,
    organizationId: (text) =>
      text === organizationId ? undefined : "must be the organization of the token, or absent",
    type: typeFault,
    description: textFault,
    actor: textFault,
    date: (text) => dateFault(text, nowMs),
  };
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(event)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const message =
      name === "detail" ? detailFault(value) : typeof value === "string" ? rule?.(value) : undefined;
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
