import { inParallel } from "#common/async/in-parallel.ts";
import type { Clock } from "#common/time/clock.ts";
import { LOG_TYPE_NAMES } from "../types.ts";
import type { DayStates, LogDay } from "./day.ts";
import type { LakeDays } from "./lake-days-bucket.ts";

/** Milliseconds after its end from when the stream writes nothing more into a day: it is done 26 hours later at most. */
const SETTLING_TIME = 48 * 3_600_000;
const DAY_MS = 86_400_000;

/** Lists of one organization and type at once. */
const PARALLEL = 8;

/**
 * Days with something to do: those that are over and have raw objects, and those whose state says that they are
 * not settled or that a sweep is due. The oldest come first.
 */
export const findDays = async ({
  lake,
  states,
  clock,
}: {
  lake: LakeDays;
  states: Pick<DayStates, "unfinished">;
  clock: Clock;
}): Promise<LogDay[]> => {
  const last = new Date(clock() - SETTLING_TIME - DAY_MS).toISOString().slice(0, 10);
  const pairs = (await lake.organizations()).flatMap((organizationId) =>
    LOG_TYPE_NAMES.map((logType) => ({ organizationId, logType })),
  );
  const found = await inParallel(pairs, PARALLEL, async ({ organizationId, logType }) => {
    const [raw, unfinished] = await Promise.all([
      lake.rawDays(organizationId, logType, last),
      states.unfinished(organizationId, logType),
    ]);
    return new Map([...raw, ...unfinished.filter(({ day }) => day <= last)].map((day) => [day.day, day]));
  });
  return found
    .flatMap((days) => [...days.values()])
    .sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0));
};
