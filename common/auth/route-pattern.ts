/** A route as the gateway knows it, for example `GET /events/{eventId}`. */
export type RoutePattern = {
  readonly route: string;
  readonly method: string;
  readonly segments: readonly string[];
};

export const isParameter = (segment: string): boolean => segment.startsWith("{");

export const parseRoute = (route: string): RoutePattern => {
  const [method = "", path = ""] = route.split(" ");
  return { route, method, segments: path.split("/").slice(1) };
};

/** `GET /events/{eventId}` → `GET/events/*`, as a policy's resource ends. */
export const resourceOf = ({ method, segments }: RoutePattern): string =>
  [method, ...segments.map((segment) => (isParameter(segment) ? "*" : segment))].join("/");

/** Whether some path fits both, segment by segment. */
const meet = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((segment, at) => {
    const opposite = other[at] ?? "";
    return segment === opposite || isParameter(segment) || isParameter(opposite);
  });

/** Whether the gateway gives a path that fits both to the first: at the first difference, words win. */
const comesFirst = (one: readonly string[], other: readonly string[]): boolean => {
  const at = one.findIndex((segment, index) => isParameter(segment) !== isParameter(other[index] ?? ""));
  return at >= 0 && !isParameter(one[at] ?? "");
};

/** Whether the pattern fits some path of the longer route when each `*` takes one segment or more. */
const stretchesOver = (pattern: readonly string[], route: readonly string[]): boolean => {
  const [first, ...rest] = pattern;
  if (first === undefined) return route.length === 0;
  if (route.length < pattern.length) return false;
  const [head = "", ...tail] = route;
  if (!isParameter(first)) return (first === head || isParameter(head)) && stretchesOver(rest, tail);
  return route.some((_, taken) => stretchesOver(rest, route.slice(taken + 1)));
};

/**
 * Whether a policy's pattern for the route `from` fits a request that the gateway gives to the route
 * `to`. A `*` in a policy takes slashes too, so `GET/events/*` reaches `GET /events/{id}/notes`; and it
 * knows nothing of precedence, so it reaches `GET /events/stats` as well. Other routes that the gateway
 * may prefer to both are not looked at.
 */
export const reaches = (from: RoutePattern, to: RoutePattern): boolean => {
  if (from.method !== to.method) return false;
  if (from.segments.length === to.segments.length) {
    return meet(from.segments, to.segments) && !comesFirst(from.segments, to.segments);
  }
  return from.segments.length < to.segments.length && stretchesOver(from.segments, to.segments);
};

/** Whether every path that the pattern of `narrow` fits is fitted by the pattern of `wide`. */
export const covers = (wide: RoutePattern, narrow: RoutePattern): boolean => {
  const fits = (pattern: readonly string[], text: readonly string[]): boolean => {
    const [first, ...rest] = pattern;
    if (first === undefined) return text.length === 0;
    if (!isParameter(first)) return first === text[0] && fits(rest, text.slice(1));
    return text.some((_, taken) => fits(rest, text.slice(taken + 1)));
  };
  return wide.method === narrow.method && fits(wide.segments, narrow.segments);
};
