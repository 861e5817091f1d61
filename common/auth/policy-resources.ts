import { covers, isParameter, type RoutePattern, reaches, resourceOf } from "./route-pattern.ts";

/** Ends of a policy's resources, below the stage: `GET/data/*`. */
export type Resources = { readonly allow: readonly string[]; readonly deny: readonly string[] };

export const NOTHING: Resources = { allow: [], deny: ["*"] };
export const EVERYTHING: Resources = { allow: ["*"], deny: [] };

/** A pattern with the service that it is about, which is its route's first segment. */
type Pattern = { readonly service: string; readonly resource: string };

/** Makes one pattern for all of a service's routes that `route` stands for. */
type Widening = (route: RoutePattern) => string;

const serviceOf = ({ segments: [first = ""] }: RoutePattern): string => (isParameter(first) ? "" : first);

const patternOf = (route: RoutePattern): Pattern => ({
  service: serviceOf(route),
  resource: resourceOf(route),
});

/** `GET /events/{id}` → `GET/events*`, which takes `/events` itself too. */
const byMethod: Widening = (route) => `${route.method}/${serviceOf(route)}*`;
const byService: Widening = (route) => `*/${serviceOf(route)}*`;

/** The open routes that no other open route's pattern covers; of two equal ones the first. */
const allowed = (open: readonly RoutePattern[]): RoutePattern[] =>
  open.filter((route, at) =>
    open.every(
      (other, index) => index === at || !covers(other, route) || (covers(route, other) && at < index),
    ),
  );

const resourcesOf = (patterns: readonly Pattern[]): string[] => patterns.map(({ resource }) => resource);

/** The open routes' services, and those with the most patterns first: widening them saves the most. */
const servicesBySize = (patterns: readonly Pattern[]): string[] => {
  const counts = new Map<string, number>();
  for (const { service } of patterns) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([service]) => service);
};

/**
 * What a policy has to say so that the routes for which `isOpen` holds are open. It never closes one of
 * them, and opens as few others as patterns allow, in the first of these ways that `fits` accepts:
 *
 * 1. each open route, and a denial of each closed one that such a pattern would open;
 * 2. everything but the closed routes;
 * 3. service by service, the largest first, one pattern for each method of it;
 * 4. service by service, one pattern for the whole of it;
 * 5. everything, so that the functions alone refuse.
 */
export const resourcesFor = (
  routes: readonly RoutePattern[],
  isOpen: (route: RoutePattern) => boolean,
  fits: (resources: Resources) => boolean,
): Resources => {
  const open = routes.filter(isOpen);
  if (open.length === 0) return NOTHING;
  if (open.length === routes.length) return EVERYTHING;

  // A denial that would fit something open is left out: the function behind the gateway refuses there.
  const deniable = routes.filter((route) => !isOpen(route) && !open.some((each) => reaches(route, each)));
  const allow = allowed(open).map(patternOf);
  const deny = deniable.filter((route) => open.some((each) => reaches(each, route))).map(patternOf);

  const exact: Resources = { allow: resourcesOf(allow), deny: resourcesOf(deny) };
  if (fits(exact)) return exact;
  const allBut: Resources = { allow: ["*"], deny: deniable.map(resourceOf) };
  if (fits(allBut)) return allBut;

  const widenings = new Map<string, Widening>();
  const isExact = ({ service }: Pattern) => !widenings.has(service);
  const services = servicesBySize([...allow, ...deny]);
  for (const widening of [byMethod, byService]) {
    for (const service of services) {
      widenings.set(service, widening);
      const wide = open.map((route) => widenings.get(serviceOf(route))?.(route));
      const widened: Resources = {
        allow: [
          ...new Set([
            ...resourcesOf(allow.filter(isExact)),
            ...wide.filter((pattern) => pattern !== undefined),
          ]),
        ],
        deny: resourcesOf(deny.filter(isExact)),
      };
      if (fits(widened)) return widened;
    }
  }
  return EVERYTHING;
};
