import { hasWordStarts } from "#common/text/words.ts";
import { CUSTOMER_TARGET, type RunEntry } from "../event.ts";

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
  recordedBy?: string | undefined;
  /** Done to this. */
  target?: { type: string; id: string } | undefined;
  /** Audit events that looked at or changed this customer; `types` is then only theirs. */
  about?: string | undefined;
  /** All of these, as `wordsOf` makes them. */
  words: readonly string[];
  order: Order;
};

/**
 * A place between events in the order (date, eventId): reading goes on behind it. No event needs to
 * stand there; an empty id is before all ids.
 */
export type Position = { date: string; eventId: string };

export const compareByDate = (a: Position, b: Position): number =>
  a.date < b.date ? -1 : a.date > b.date ? 1 : a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;

const isDoneTo = ({ targets = [] }: RunEntry, type: string, id: string): boolean =>
  targets.some((target) => target?.type === type && target.id === id);

/** Whether an entry of those partitions is wanted. */
export const makeMatcher = (query: EventQuery, after?: Position): ((entry: RunEntry) => boolean) => {
  const { customerId, from = "", to = ":", actor, recordedBy, target, about, words, order } = query;
  const direction = order === "asc" ? 1 : -1;
  const types = query.types.length === 0 ? undefined : new Set(query.types);
  return (entry) =>
    entry.date >= from &&
    entry.date < to &&
    (types === undefined || types.has(entry.type)) &&
    (customerId === undefined || entry.customerId === customerId) &&
    (actor === undefined || entry.actor === actor) &&
    (recordedBy === undefined || entry.recordedBy === recordedBy) &&
    (target === undefined || isDoneTo(entry, target.type, target.id)) &&
    (about === undefined || isDoneTo(entry, CUSTOMER_TARGET, about)) &&
    (after === undefined || compareByDate(entry, after) * direction > 0) &&
    (words.length === 0 || hasWordStarts(entry.description, words));
};
