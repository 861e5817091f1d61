import { noReadCost, type ReadCost } from "#common/table/partition-reader.ts";
import type { Item } from "#common/table/table.ts";
import type { ChainId, RunEntry } from "../event.ts";
import { parseRunSortKey } from "../keys.ts";
import { entriesOf } from "../lists/run.ts";
import { noteUnreadable } from "../lists/unreadable.ts";
import { compareByDate, type EventQuery, makeMatcher, type Position } from "./event-query.ts";
import { mergedRuns, type ReadStore } from "./merged-runs.ts";

/** An event that was asked for, as the list holds it; `completeEvents` makes it what the API answers. */
export type Match = { entry: RunEntry; chain: ChainId };

export type MatchesOptions = {
  after?: Position | undefined;
  cost?: ReadCost;
  /** Called every thousand runs or so, also where none of them matches; throws to stop. */
  keepGoing?: () => void;
};

/** Those events of a run that match; none if it cannot be read, so that the others stay readable. */
export const matchesOfRun = (
  { organizationId }: Pick<EventQuery, "organizationId">,
  run: Item,
  isMatch: (entry: RunEntry) => boolean,
): Match[] => {
  let entries: RunEntry[];
  try {
    entries = entriesOf(run).filter(isMatch);
  } catch (error) {
    noteUnreadable(organizationId, "a list's item", error);
    return [];
  }
  if (entries.length === 0) return [];
  const { chain } = parseRunSortKey(run.sk);
  return entries.map((entry) => ({ entry, chain }));
};

/**
 * Every match in bounded memory, in batches, second by second but in no order within a second: for
 * counting, and for what is sorted elsewhere. Reads ahead of the caller that takes the batches;
 * stopping early is fine.
 */
export async function* matchBatches(
  store: ReadStore,
  query: EventQuery,
  { after, cost = noReadCost(), keepGoing = () => {} }: MatchesOptions = {},
): AsyncGenerator<Match[]> {
  const isMatch = makeMatcher(query, after);
  for await (const runs of mergedRuns(store, query, { after, cost })) {
    keepGoing();
    for (const run of runs) {
      const matches = matchesOfRun(query, run, isMatch);
      if (matches.length > 0) yield matches;
    }
  }
}

/** Every match in the query's order of (date, eventId). Holds the matches of one second in memory. */
export async function* matches(
  store: ReadStore,
  query: EventQuery,
  options: MatchesOptions = {},
): AsyncGenerator<Match> {
  let second: Match[] = [];
  for await (const batch of matchBatches(store, query, options)) {
    if (secondOfMatches(second) !== secondOfMatches(batch)) {
      yield* inOrder(second, query);
      second = [];
    }
    second.push(...batch);
  }
  yield* inOrder(second, query);
}

/** A batch is of one run, and a run of one second. */
const secondOfMatches = (matches: readonly Match[]): string | undefined =>
  matches[0]?.entry.date.slice(0, 19);

export const inOrder = (matches: Match[], { order }: Pick<EventQuery, "order">): Match[] =>
  matches.sort((a, b) => compareByDate(a.entry, b.entry) * (order === "asc" ? 1 : -1));
