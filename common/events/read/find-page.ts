import { noReadCost, type ReadCost } from "#common/table/partition-reader.ts";
import { secondOf } from "../keys.ts";
import { type EventQuery, makeMatcher, type Order, type Position } from "./event-query.ts";
import { inOrder, type Match, matchesOfRun } from "./matches.ts";
import { mergedRuns, type ReadStore } from "./merged-runs.ts";
import { isLookedThrough, partitionsOf } from "./which-lists.ts";

/** `next` is there when something may be left: where the next page begins to look. */
export type FoundPage = { matches: Match[]; next?: Position };

export type FindPageDeps = {
  store: ReadStore;
  now: () => number;
  /** After so much time, or so many bytes of items, a page comes short. */
  milliseconds?: number;
  bytesMax?: number;
};

/** What the conventions say of lists. */
const LOOKING_MS = 10_000;

/** More than an instance reads in that time; keeps a faster one from running up a bill. */
const LOOKING_BYTES = 256 * 1_048_576;

/** When this many matches of one second are held, those that cannot be on the page are dropped. */
const HELD_MAX = 5_000;

/** Just behind a second of which everything was looked at. */
const behind = (second: string, order: Order): Position => {
  const start = `${second}.000Z`;
  if (order === "desc") return { date: start, eventId: "" };
  const next = Date.parse(start) + 1_000;
  // A key that names no real time was not put there by a block; it must not stop the reading of the others.
  return Number.isNaN(next)
    ? { date: `${second}.999Z`, eventId: "~" }
    : { date: new Date(next).toISOString(), eventId: "" };
};

/**
 * How many runs each partition is asked for first. A run holds at least one event, so `limit` and one
 * would do where nothing is filtered out, and one more where the last page ended in the midst of a second.
 * What several partitions give together is never even: two deviations more than their share.
 */
const firstItemsFor = (query: EventQuery, limit: number, after: Position | undefined): number => {
  const wanted = (limit + (after ? 2 : 1)) * (isLookedThrough(query) ? 4 : 1);
  const share = wanted / Math.max(1, partitionsOf(query).length);
  return Math.min(wanted, Math.ceil(share + 2 * Math.sqrt(share)));
};

/**
 * The next `limit` matches in exact order of (date, eventId), however the table cuts its pages. Looks on
 * until it knows whether anything is left. When its time is over, it stops behind a second that it has
 * looked through, with what it has; it always gets through one.
 */
export const findPage = async (
  { store, now, milliseconds = LOOKING_MS, bytesMax = LOOKING_BYTES }: FindPageDeps,
  query: EventQuery,
  { limit, after, cost = noReadCost() }: { limit: number; after?: Position | undefined; cost?: ReadCost },
): Promise<FoundPage> => {
  const until = now() + milliseconds;
  const isMatch = makeMatcher(query, after);
  const found: Match[] = [];
  let second = "";
  let inSecond: Match[] = [];

  const room = () => limit - found.length;
  const full = (): FoundPage => {
    const { entry } = found[found.length - 1] ?? {};
    return { matches: found, ...(entry ? { next: { date: entry.date, eventId: entry.eventId } } : {}) };
  };
  /** Takes what the second has into the page; answers whether something of it is left over. */
  const closeSecond = (): boolean => {
    const sorted = inOrder(inSecond, query);
    const isOver = sorted.length > room();
    found.push(...sorted.slice(0, room()));
    inSecond = [];
    return isOver;
  };

  for await (const runs of mergedRuns(store, query, {
    after,
    firstItems: firstItemsFor(query, limit, after),
    cost,
  })) {
    for (const run of runs) {
      const runSecond = secondOf(run.sk);
      if (runSecond !== second) {
        if (closeSecond()) return full();
        const isOverdue = now() >= until || cost.bytes >= bytesMax;
        if (isOverdue && second !== "") return { matches: found, next: behind(second, query.order) };
        second = runSecond;
      }
      inSecond.push(...matchesOfRun(query, run, isMatch));
      // One match more is all that a full page needs to know.
      if (room() === 0 && inSecond.length > 0) return full();
      if (inSecond.length > HELD_MAX) inSecond = inOrder(inSecond, query).slice(0, room() + 1);
    }
  }
  return closeSecond() ? full() : { matches: found };
};
