import { AppError } from "#common/errors/app-error.ts";
import type { EventQuery } from "#common/events/read/event-query.ts";
import { matchBatches, matches } from "#common/events/read/matches.ts";
import { noReadCost, type ReadCost } from "#common/table/partition-reader.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { AnalyticsSource } from "./analytics-source.ts";
import { makeGroupCounter, makeRoom } from "./count-groups.ts";
import { makeDurationMeter } from "./measure-durations.ts";

export type TableAnalyticsDeps = {
  store: Pick<Table, "get" | "queryPage">;
  now: Clock;
  /** How long one question may take: the function has 28 seconds, and the gateway waits for 29. */
  milliseconds?: number;
};

const COUNTING_MS = 20_000;

/** Counts by streaming the matches out of the table's lists; holds the groups and not the events. */
export const tableAnalytics = ({
  store,
  now,
  milliseconds = COUNTING_MS,
}: TableAnalyticsDeps): AnalyticsSource => {
  /** Throws once the time is over. */
  const startClock = (): { cost: ReadCost; keepGoing: () => void } => {
    const until = now() + milliseconds;
    const cost = noReadCost();
    return {
      cost,
      keepGoing: () => {
        if (now() < until) return;
        const internal = `read ${cost.bytes} bytes in ${cost.queries} queries and ${milliseconds} ms`;
        throw new AppError("TOO_MUCH_TO_COUNT", { internal });
      },
    };
  };

  return {
    counts: async (query, groupBy) => {
      const room = makeRoom();
      const counters = groupBy.map((by) => ({ by, counter: makeGroupCounter(by, room) }));
      for await (const batch of matchBatches(store, query, startClock())) {
        for (const { counter } of counters) for (const { entry } of batch) counter.add(entry);
      }
      return new Map(counters.map(({ by, counter }) => [by, counter.counts()]));
    },

    durations: async (query, types) => {
      const meter = makeDurationMeter(types);
      const ordered: EventQuery = { ...query, types: [types.fromType, types.toType], order: "asc" };
      for await (const { entry } of matches(store, ordered, startClock())) meter.add(entry);
      return meter.durations();
    },
  };
};
