import type { EventQuery } from "#common/events/read/event-query.ts";

export type GroupBy = "type" | "customer" | "actor" | "day" | "hour";

export type Count = { key: string; count: number };

/** Nearest rank; null when there is none. */
export type Durations = {
  count: number;
  medianSeconds: number | null;
  p90Seconds: number | null;
  meanSeconds: number | null;
};

/**
 * Where events are counted. The table is the one there is; the lake, which holds the same events for
 * long ranges, has the same two questions to answer. Throws `TOO_MUCH_TO_COUNT` when it cannot in time.
 */
export type AnalyticsSource = {
  /** By each of the groupings, from one walk. Largest first, days and hours in time order, equal counts by key. */
  counts(query: EventQuery, groupBy: readonly GroupBy[]): Promise<Map<GroupBy, Count[]>>;
  /** Per customer from the first `fromType` to the next `toType` after it, in order of (date, eventId). */
  durations(query: EventQuery, types: { fromType: string; toType: string }): Promise<Durations>;
};
