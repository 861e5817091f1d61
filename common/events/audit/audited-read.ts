import type { Member } from "#common/auth/caller.ts";
import { functionName } from "#common/config/function-name.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { Answer } from "#common/http/answers.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { newId } from "#common/ids/uuid.ts";
import type { Json } from "#common/json/json.ts";
import type { Clock } from "#common/time/clock.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, CUSTOMER_TARGET, EVENT_LIMITS, type EventMessage } from "../event.ts";
import { newSalt } from "../queue/draw.ts";

export type AuditDeps = {
  /** Puts the event on the queue `events-audit`; when it returns, the queue has it. */
  send: (event: EventMessage) => Promise<void>;
  newId?: () => string;
  newSalt?: () => string;
  now?: Clock;
  /** Who makes the audit events: this function. */
  recordedBy?: string;
};

/** What is recorded of a request: the caller, the route and its filters. A cursor is left out: it only repeats them. */
export type ReadRequest = {
  route: string;
  caller: Member;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
  requestId: string;
  transactionId: string;
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
  const ids = named.flatMap((id) => (typeof id === "string" && givenIdFault(id) === undefined ? [id] : []));
  return [...new Set(ids)].slice(0, EVENT_LIMITS.targets);
};

/** Puts an audit event on the queue; throws `READ_NOT_RECORDED` if the queue may not have it. */
const recordRead = async (
  {
    send,
    newId: makeId = newId,
    newSalt: makeSalt = newSalt,
    now = Date.now,
    recordedBy = functionName(),
  }: AuditDeps,
  { caller, route, params, query, requestId, transactionId }: ReadRequest,
  about: readonly string[],
): Promise<void> => {
  const { cursor, ...rest } = query;
  const filters = { ...rest, ...params };
  const targets = customersIn(filters, about).map((id) => ({ type: CUSTOMER_TARGET, id }));
  const time = new Date(now()).toISOString();
  const event: EventMessage = {
    organizationId: caller.organizationId,
    // Not derived from anything that the caller sends, so that a caller cannot take an audit event's id beforehand.
    eventId: makeId(),
    customerId: AUDIT_CUSTOMER_ID,
    type: AUDIT_TYPE,
    description: `Read ${route}`,
    date: time,
    actor: caller.userId,
    ...(targets.length === 0 ? {} : { targets }),
    detail: {
      route,
      filters: asJson(filters),
      requestId,
      ...(cursor === undefined ? {} : { continued: true }),
    },
    recordedAt: time,
    recordedBy,
    transactionId,
    salt: makeSalt(),
    audit: true,
  };
  await send(event).catch((cause: unknown) => {
    throw new AppError("READ_NOT_RECORDED", { cause });
  });
};

/** Reads what an action checked; `about` are customers that are looked at without being named in the request. */
export type Read = (() => Promise<Answer>) & { about?: readonly string[] };

/**
 * Actions whose reads are themselves recorded. The action checks the request and answers how to read: what it
 * refuses is no read, and is not recorded. Then the record is sent beside the read, which so costs no time, and
 * awaited before the answer: a read that could not be recorded fails with `READ_NOT_RECORDED` and
 * shows nothing. One that fails is recorded all the same.
 *
 *     const audited = makeAudited({ send });
 *     "GET /events": audited(({ query }) => { const filters = check(query); return () => list(filters); }),
 */
export const makeAudited =
  (deps: AuditDeps) =>
  <Request extends ReadRequest>(action: (request: Request) => Read | Promise<Read>) =>
  async (request: Request): Promise<Answer> => {
    const read = await action(request);
    const [recorded, answered] = await Promise.allSettled([
      recordRead(deps, request, read.about ?? []),
      // A throw before its first await is the read's failure and not the record's.
      Promise.resolve().then(read),
    ]);
    if (recorded.status === "rejected") throw recorded.reason;
    if (answered.status === "rejected") throw answered.reason;
    return answered.value;
  };
