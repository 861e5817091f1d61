import { instantOf } from "#common/time/instant.ts";
import type { Clock } from "../clock.ts";
import { type Reader, readOneMember } from "./members.ts";
import type { OwnRoute } from "./own-site.ts";

const FIRST = "2000-01-01T00:00:00Z";
const LAST = "2100-01-01T00:00:00Z";
const BOUNDS = `from ${FIRST} to ${LAST}`;

const isInBounds = (time: number): boolean => time >= Date.parse(FIRST) && time <= Date.parse(LAST);

const timeOf: Reader<number> = (value) => {
  const time = typeof value === "string" ? instantOf(value) : undefined;
  return time !== undefined && isInBounds(time)
    ? { value: time }
    : { fault: `must be an RFC 3339 time ${BOUNDS}, like 2026-11-21T09:30:00Z` };
};

const timeAfter =
  (now: number): Reader<number> =>
  (value) => {
    if (typeof value !== "number" || !(value >= 0)) {
      return { fault: "must be a number of seconds that is not negative" };
    }
    const time = now + value * 1000;
    return isInBounds(time) ? { value: time } : { fault: `must lead to a time ${BOUNDS}` };
  };

/** Moves the platform's clock: `PUT /_millrace/clock` with `{"now":"2026-12-01T02:59:55Z"}` or `{"advanceSeconds":3600}`. */
export const clockRoute = (clock: Clock): OwnRoute => {
  const shown = () => ({ now: new Date(clock.now()).toISOString() });
  return {
    path: "/_millrace/clock",
    get: shown,
    put: (body) => {
      clock.moveTo(readOneMember(body, { now: timeOf, advanceSeconds: timeAfter(clock.now()) }));
      return shown();
    },
  };
};
