import { hasWordStarts } from "#common/text/words.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type RunEntry } from "../event.ts";
import {
  auditPartition,
  customerPartition,
  runRange,
  secondOf,
  timePartitions,
  typePartitions,
} from "../keys.ts";

export type Order = "asc" | "desc";

/** Which events are wanted; all conditions hold together. Audit events only if `types` names their type. */
export type EventQuery = {
  organizationId: string;
  customerId?: string | undefined;
  /** Any of these; empty: every type but `audit`. */
  types: readonly string[];
  /** Inclusive; UTC with milliseconds, as all stored dates are. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
  actor?: string | undefined;
  /** All of these, as `wordsOf` makes them. */
  words: readonly string[];
  order: Order;
};

/**
 * A place between events in the order (date, eventId): reading goes on behind it. No event needs to
 * stand there; an empty id is before all ids.
 */
export type Position = { date: string; eventId: string };

/** More types than this are looked up in the list by time, which has four partitions and not four for each. */
export const TYPES_MAX = 8;

export const compareByDate = (a: Position, b: Position): number =>
  a.date < b.date ? -1 : a.date > b.date ? 1 : a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;

const typesBut = ({ types }: EventQuery): string[] =>
  [...new Set(types)].filter((type) => type !== AUDIT_TYPE);

/** Which list holds the matches that are no audit events. */
const listOf = (query: EventQuery): "none" | "customer" | "types" | "time" => {
  const types = typesBut(query);
  if (query.customerId === AUDIT_CUSTOMER_ID || (types.length === 0 && query.types.length > 0)) return "none";
  if (query.customerId !== undefined) return "customer";
  return types.length === 0 || types.length > TYPES_MAX ? "time" : "types";
};

/** Partitions whose runs hold every match; a match stands in one of them, once. */
export const partitionsOf = (query: EventQuery): string[] => {
  const { organizationId, customerId = AUDIT_CUSTOMER_ID, types } = query;
  const withAudit = types.includes(AUDIT_TYPE) && customerId === AUDIT_CUSTOMER_ID;
  const audit = withAudit ? [auditPartition(organizationId)] : [];
  switch (listOf(query)) {
    case "none":
      return audit;
    case "customer":
      return [...audit, customerPartition(organizationId, customerId)];
    case "types":
      return [...audit, ...typesBut(query).flatMap((type) => typePartitions(organizationId, type))];
    case "time":
      return [...audit, ...timePartitions(organizationId)];
  }
};

/** Whether those partitions also hold what is not wanted (but for its date). */
export const isLookedThrough = (query: EventQuery): boolean => {
  const { actor, words, types } = query;
  return (
    actor !== undefined ||
    words.length > 0 ||
    (types.length > 0 && ["customer", "time"].includes(listOf(query)))
  );
};

/** Sort keys, inclusive, of the runs that can hold a match behind the position; undefined if none can. */
export const sortKeysOf = (
  { from, to, order }: EventQuery,
  after?: Position,
): { from: string; to: string } | undefined => {
  const range = runRange({ from, to });
  if (after && order === "asc") {
    const start = secondOf(after.date);
    if (start > range.from) range.from = start;
  }
  if (after && order === "desc") {
    const end = after.eventId === "" ? runRange({ to: after.date }).to : `${secondOf(after.date)}#~`;
    if (end < range.to) range.to = end;
  }
  // DynamoDB refuses a range whose end is before its start.
  return range.from <= range.to ? range : undefined;
};

/** Whether an entry of those partitions is wanted. */
export const makeMatcher = (query: EventQuery, after?: Position): ((entry: RunEntry) => boolean) => {
  const { customerId, from = "", to = ":", actor, words, order } = query;
  const direction = order === "asc" ? 1 : -1;
  const types = query.types.length === 0 ? undefined : new Set(query.types);
  return (entry) =>
    entry.date >= from &&
    entry.date < to &&
    (types === undefined || types.has(entry.type)) &&
    (customerId === undefined || entry.customerId === customerId) &&
    (actor === undefined || entry.actor === actor) &&
    (after === undefined || compareByDate(entry, after) * direction > 0) &&
    (words.length === 0 || hasWordStarts(entry.description, words));
};
