import type { Count, GroupBy } from "./analytics-source.ts";

export type StatsAnswer = { items: Count[] } | { groups: Partial<Record<GroupBy, Count[]>> };

/** Counts as the API answers them: one grouping alone as `items`, several by their names. */
export const statsAnswer = (counts: ReadonlyMap<GroupBy, Count[]>): StatsAnswer => {
  const [items = [], ...more] = counts.values();
  return more.length === 0 ? { items } : { groups: Object.fromEntries(counts) };
};
