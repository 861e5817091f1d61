import { Cron } from "croner";
import type { ScheduleTrigger } from "#common/manifest/manifest.ts";
import type { Clock } from "../clock.ts";
import type { AsynchronousFunction } from "./asynchronous.ts";
import { pause, type SourceOptions } from "./source.ts";

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** setTimeout can wait 24.8 days at most; a schedule's next time may be a year away. */
const PAUSE_MS_MAX = 86_400_000;

/**
 * The next time, in milliseconds, that the expression names after this one; undefined if there is none. AWS
 * counts a rate from when the schedule was made, and here it is counted from 1970, because otherwise a platform
 * that is restarted every morning would never reach `rate(1 day)`.
 */
export const nextTime = ({ expression, timezone = "UTC" }: ScheduleTrigger, afterMs: number) => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined && unit !== undefined) {
    const rateMs = Number(count) * (UNIT_MS[unit] ?? 0);
    return (Math.floor(afterMs / rateMs) + 1) * rateMs;
  }
  // AWS' six fields have no second, and its weeks begin with Sunday as 1.
  const fields = (/^cron\((.*)\)$/.exec(expression)?.[1] ?? "")
    // The last day of a week is Saturday; croner knows `L` only after the number of a day.
    .replace(/ L (\S+)$/, " 7 $1");
  const cron = new Cron(`0 ${fields}`, { timezone, sloppyRanges: true, alternativeWeekdays: true });
  return cron.nextRun(new Date(afterMs))?.getTime();
};

/** The event that Terraform's schedule sends, with Scheduler's way of writing the time. */
export const scheduleEvent = (timeMs: number) => ({
  "scheduled-time": new Date(timeMs).toISOString().replace(".000Z", "Z"),
});

/** Waits so long, or until the clock is moved or the signal aborts. */
const pauseOrMove = async (clock: Clock, ms: number, signal: AbortSignal): Promise<void> => {
  const moved = new AbortController();
  const unsubscribe = clock.onMove(() => moved.abort());
  await pause(ms, AbortSignal.any([signal, moved.signal]));
  unsubscribe();
};

/**
 * Puts an event on the function's queue of invocations at each time of the schedule. A time that passes while
 * the platform is down is skipped. Times that a moved clock passed over have one event, which names the first
 * of them. Resolves when the signal aborts.
 */
export const followSchedule = async (
  { signal, log, clock }: Pick<SourceOptions, "signal" | "log" | "clock">,
  trigger: ScheduleTrigger,
  target: Pick<AsynchronousFunction, "accept">,
): Promise<void> => {
  const { now } = clock;
  for (let at = nextTime(trigger, now()); at !== undefined; at = nextTime(trigger, Math.max(at, now()))) {
    while (!signal.aborted && now() < at) {
      await pauseOrMove(clock, Math.min(at - now(), PAUSE_MS_MAX), signal);
      // A clock that was set back has an earlier time to come.
      at = Math.min(at, nextTime(trigger, now()) ?? at);
    }
    if (signal.aborted) return;
    await target
      .accept(scheduleEvent(at))
      .catch((error: unknown) => log(`the schedule ${trigger.expression} failed`, error));
  }
};
