import { functionName } from "#common/config/function-name.ts";
import { AppError } from "#common/errors/app-error.ts";
import { isGivenId } from "#common/ids/given-id.ts";
import { newId } from "#common/ids/uuid.ts";
import type { Json } from "#common/json/json.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, CUSTOMER_TARGET, EVENT_LIMITS, type EventMessage } from "../event.ts";
import { newSalt } from "../queue/draw.ts";

export type AuditDeps = {
  /** Puts the event on the queue `events-audit`; when it returns, the queue has it. */
  send: (event: EventMessage) => Promise<void>;
  newId?: () => string;
  newSalt?: () => string;
  now?: () => Date;
  /** Who makes the audit events: this function. */
  recordedBy?: string;
};

/** Who reads what. `filters` are the query's and the path's values; a cursor says nothing and is left out. */
export type AuditedRead = {
  caller: { organizationId: string; userId: string };
  /** `GET /events/{eventId}` */
  route: string;
  filters: Readonly<Record<string, unknown>>;
  requestId: string;
  /** Customers that are looked at without being named in the filters. */
  about?: readonly string[];
};

/** As JSON that can enter a chain: without what is undefined, and with no lone surrogate. */
const asJson = (value: unknown): Json => {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(fields.map(([name, inner]) => [name.toWellFormed(), asJson(inner)]));
};

/** The customers that a read says it is about: those that its filters name, and those that it knows of. */
const customersIn = (filters: Readonly<Record<string, unknown>>, about: readonly string[]): string[] => {
  const named = [filters.customerId, filters.about, ...about];
  return [...new Set(named.filter((id): id is string => isGivenId(id)))].slice(0, EVENT_LIMITS.targets);
};

/** Puts an audit event on the queue; throws `READ_NOT_RECORDED` if the queue may not have it. */
export const recordRead = async (
  {
    send,
    newId: makeId = newId,
    newSalt: makeSalt = newSalt,
    now = () => new Date(),
    recordedBy = functionName(),
  }: AuditDeps,
  { caller, route, filters, requestId, about = [] }: AuditedRead,
): Promise<void> => {
  const { cursor, ...asked } = filters;
  const targets = customersIn(asked, about).map((id) => ({ type: CUSTOMER_TARGET, id }));
  const time = now().toISOString();
  const event: EventMessage = {
    organizationId: caller.organizationId,
    // Never derived from anything of the caller's: nobody can take an audit event's id beforehand.
    eventId: makeId(),
    customerId: AUDIT_CUSTOMER_ID,
    type: AUDIT_TYPE,
    description: `Read ${route}`,
    date: time,
    actor: caller.userId,
    ...(targets.length === 0 ? {} : { targets }),
    detail: {
      route,
      filters: asJson(asked),
      requestId,
      ...(cursor === undefined ? {} : { continued: true }),
    },
    recordedAt: time,
    recordedBy,
    salt: makeSalt(),
    audit: true,
  };
  await send(event).catch((cause: unknown) => {
    throw new AppError("READ_NOT_RECORDED", { cause });
  });
};

/**
 * Reads that are themselves recorded. The record is sent beside the read, which so costs no time, and
 * awaited before the answer: a read that could not be recorded fails with `READ_NOT_RECORDED` and
 * shows nothing. One that fails is recorded all the same.
 *
 *     const audited = makeAuditedRead({ send });
 *     ok(await audited({ caller, route: "GET /events", filters: query, requestId }, () => list(query)));
 */
export const makeAuditedRead =
  (deps: AuditDeps) =>
  async <T>(read: AuditedRead, work: () => Promise<T>): Promise<T> => {
    const [recorded, answered] = await Promise.allSettled([
      recordRead(deps, read),
      // A throw before its first await is the read's failure and not the caller's.
      Promise.resolve().then(work),
    ]);
    if (recorded.status === "rejected") throw recorded.reason;
    if (answered.status === "rejected") throw answered.reason;
    return answered.value;
  };
