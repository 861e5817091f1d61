import type { RunEntry } from "#common/events/event.ts";
import type { Durations } from "./analytics-source.ts";

/** In place of when it began: the customer's one duration has been measured. No date is so far back. */
const MEASURED = Number.NEGATIVE_INFINITY;

/** The smallest value that at least `tenths` tenths of all are not above. */
const nearestRank = (sorted: Float64Array, tenths: number): number =>
  sorted[Math.ceil((sorted.length * tenths) / 10) - 1] ?? 0;

/** Takes entries in order of (date, eventId); holds a number for each customer. */
export const makeDurationMeter = ({ fromType, toType }: { fromType: string; toType: string }) => {
  const beganAt = new Map<string, number>();
  const durations: number[] = [];
  return {
    add: ({ customerId, type, date }: RunEntry): void => {
      const began = beganAt.get(customerId);
      if (began === undefined) {
        if (type === fromType) beganAt.set(customerId, Date.parse(date));
      } else if (began !== MEASURED && type === toType) {
        durations.push(Date.parse(date) - began);
        beganAt.set(customerId, MEASURED);
      }
    },
    durations: (): Durations => {
      const count = durations.length;
      if (count === 0) return { count, medianSeconds: null, p90Seconds: null, meanSeconds: null };
      const sorted = Float64Array.from(durations).sort();
      const total = sorted.reduce((sum, duration) => sum + duration, 0);
      return {
        count,
        medianSeconds: nearestRank(sorted, 5) / 1_000,
        p90Seconds: nearestRank(sorted, 9) / 1_000,
        meanSeconds: total / (1_000 * count),
      };
    },
  };
};
