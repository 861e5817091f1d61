import { inParallel } from "#common/async/in-parallel.ts";
import type { Compaction } from "#common/logs/compaction/compact-day.ts";
import type { LogDay } from "#common/logs/compaction/day.ts";
import type { Clock } from "#common/time/clock.ts";

export type CompactDaysDeps = {
  findDays: () => Promise<LogDay[]>;
  compactDay: (day: LogDay) => Promise<Compaction>;
  /** Called for a day whose work failed; the others go on. */
  failed: (day: LogDay, error: unknown) => void;
  clock: Clock;
};

/** What became of the days. `left`: not begun, because the time was over. */
export type CompactedDays = Partial<Record<Compaction, number>> & { failed: number; left: number };

/** Days at once: each waits for two queries, and Athena runs 20 of an account by default. */
const PARALLEL = 4;

/** Works on every day that has something to do, the oldest first, until the time is over. */
export const compactDays = async (
  { findDays, compactDay, failed, clock }: CompactDaysDeps,
  until: number,
): Promise<CompactedDays> => {
  const counts: CompactedDays = { failed: 0, left: 0 };
  await inParallel(await findDays(), PARALLEL, async (day) => {
    if (clock() >= until) {
      counts.left += 1;
      return;
    }
    try {
      const outcome = await compactDay(day);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    } catch (error) {
      counts.failed += 1;
      failed(day, error);
    }
  });
  return counts;
};
