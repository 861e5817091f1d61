import { AppError } from "#common/errors/app-error.ts";
import type { Fault, Part } from "#common/errors/fault.ts";
import { instantOf } from "#common/time/instant.ts";
import { RANGE_DAYS_MAX, WIDE_RANGE_DAYS_MAX } from "./limits.ts";
import type { TimeRange } from "./relations.ts";

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Unix milliseconds of a day's first instant, or of a time; an offset's plus sign may have become a blank. */
const boundOf = (text: string): number | undefined =>
  instantOf(DAY.test(text) ? `${text}T00:00:00Z` : text.replace(" ", "+"));

export type AskedRange = { from?: string | undefined; to?: string | undefined; wide?: boolean | undefined };

/** A request's range, by default the last 24 hours; throws `INPUT_INVALID` that names every fault. */
export const readRange = (part: Part, { from, to, wide = false }: AskedRange, now: number): TimeRange => {
  const errors: Fault[] = [];
  const read = (path: string, text: string | undefined, otherwise: number): number => {
    const bound = text === undefined ? otherwise : boundOf(text);
    if (bound !== undefined) return bound;
    errors.push({
      in: part,
      path,
      message: "must be a day or a time, for example 2025-01-31 or 2025-01-31T12:00:00Z",
    });
    return otherwise;
  };
  const end = read("/to", to, now);
  const start = read("/from", from, end - DAY_MS);
  const days = wide ? WIDE_RANGE_DAYS_MAX : RANGE_DAYS_MAX;
  if (start >= end) errors.push({ in: part, path: "/to", message: "must be after from" });
  if (end - start > days * DAY_MS) {
    errors.push({ in: part, path: "/from", message: `must be at most ${days} days before to` });
  }
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return { from: start, to: end };
};
