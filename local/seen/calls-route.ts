import { AppError } from "#common/errors/app-error.ts";
import { step } from "#common/errors/fault.ts";
import { instantOf } from "#common/time/instant.ts";
import type { CallCounts, CallSum } from "../seams.ts";
import type { OwnRoute } from "./own-site.ts";

const sinceIn = (query: URLSearchParams): number | undefined => {
  const faults = [...new Set(query.keys())]
    .filter((name) => name !== "since")
    .map((name) => ({ path: step(name), message: "is not a known parameter" }));
  const [text, ...more] = query.getAll("since");
  // A plus sign that is not escaped reads as a space.
  const since = text === undefined ? undefined : instantOf(text.replace(" ", "+"));
  if (more.length > 0) faults.push({ path: "/since", message: "must stand once" });
  if (text !== undefined && since === undefined) {
    faults.push({ path: "/since", message: "must be an RFC 3339 time, like 2026-11-21T09:30:00Z" });
  }
  if (faults.length > 0) throw new AppError("INPUT_INVALID", { errors: faults });
  return since;
};

const placeOf = (sum: CallSum): string => `${sum.function} ${sum.service} ${sum.action}`;
const inOrder = (a: CallSum, b: CallSum): number => (placeOf(a) < placeOf(b) ? -1 : 1);

/** What each function asked of AWS: `GET /_millrace/calls?since=2026-11-21T09:30:00Z`. */
export const callsRoute = (counts: CallCounts): OwnRoute => ({
  path: "/_millrace/calls",
  get: (query) => {
    const { since, now, items } = counts.since(sinceIn(query));
    return {
      since: new Date(since).toISOString(),
      now: new Date(now).toISOString(),
      items: items.sort(inOrder),
    };
  },
});
