import type { APIGatewayAuthorizerResult } from "aws-lambda";
import type { Caller } from "./caller.ts";
import { contextOf } from "./context.ts";
import { mayCall } from "./roles.ts";
import { covers, parseRoute, type RoutePattern, reaches, resourceOf } from "./route-pattern.ts";

/** Every route that is not public, and the one role that opens it: `{ "GET /data/{id}": "data.read" }`. */
export type Routes = Readonly<Record<string, string>>;

/** Ends of resources: `GET/data/*`. */
type Resources = { readonly allow: readonly string[]; readonly deny: readonly string[] };

const NOTHING: Resources = { allow: [], deny: ["*"] };
const EVERYTHING: Resources = { allow: ["*"], deny: [] };

/** More sets of roles than any deployment gives out; each is worked out once. */
const REMEMBERED_MAX = 500;

const resourcesOf = (
  routes: readonly RoutePattern[],
  isOpen: (route: RoutePattern) => boolean,
): Resources => {
  const open = routes.filter(isOpen);
  if (open.length === 0) return NOTHING;
  if (open.length === routes.length) return EVERYTHING;
  const allow = open.filter((route, at) =>
    open.every(
      (other, index) => index === at || !covers(other, route) || (covers(route, other) && at < index),
    ),
  );
  // A pattern for what is closed is added where one for what is open fits it too, unless it would then
  // fit something open in turn: that the function behind the gateway refuses.
  const deny = routes.filter(
    (route) =>
      !isOpen(route) &&
      open.some((each) => reaches(each, route)) &&
      !open.some((each) => reaches(route, each)),
  );
  return { allow: allow.map(resourceOf), deny: deny.map(resourceOf) };
};

const statement = (effect: "Allow" | "Deny", stage: string, resources: readonly string[]) => ({
  Effect: effect,
  Action: "execute-api:Invoke",
  Resource: resources.map((resource) => `${stage}/${resource}`),
});

/** `arn:…:<api>/<stage>/GET/data/17` → `arn:…:<api>/<stage>` */
const stageOf = (methodArn: string): string => {
  const [, stage] = /^(arn:[^/*?]+\/[^/*?]+)\//.exec(methodArn) ?? [];
  if (stage === undefined) throw new TypeError("methodArn must name an API, a stage, a method and a path");
  return stage;
};

export type PolicyDeps = {
  routes: Routes;
  environment: string;
  /** Organizations with a usage plan of their own. */
  organizationsWithPlan: readonly string[];
};

/**
 * The authorizer's answer for a good token. Its policy is about every route at once, not only about the
 * one that was asked for, because the gateway caches it by token: it lists what the caller's roles open.
 *
 * IAM patterns cannot tell all routes apart, so it may allow a little more than the roles do, never less;
 * the http stack asks `mayCall` again. A caller without organization may call nothing: every route that
 * is not public belongs to one.
 */
export const makePolicyFor = ({ routes, environment, organizationsWithPlan }: PolicyDeps) => {
  const patterns = Object.keys(routes).map(parseRoute);
  const withPlan: ReadonlySet<string> = new Set(organizationsWithPlan);
  const remembered = new Map<string, Resources>();

  const resourcesFor = ({ organizationId, roles }: Caller): Resources => {
    if (organizationId === null) return NOTHING;
    const key = [...roles].sort().join(" ");
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const resources = resourcesOf(patterns, ({ route }) => mayCall(roles, routes[route] ?? ""));
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(key, resources);
    return resources;
  };

  // `-default` cannot be an organization's id, which begins with no hyphen.
  const usageKeyOf = ({ organizationId }: Caller): string => {
    const plan = organizationId !== null && withPlan.has(organizationId) ? organizationId : "-default";
    return `millrace-${environment}-organization-${plan}`;
  };

  return (methodArn: string, caller: Caller): APIGatewayAuthorizerResult => {
    const stage = stageOf(methodArn);
    const { allow, deny } = resourcesFor(caller);
    return {
      principalId: caller.userId,
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          ...(allow.length === 0 ? [] : [statement("Allow", stage, allow)]),
          ...(deny.length === 0 ? [] : [statement("Deny", stage, deny)]),
        ],
      },
      context: contextOf(caller),
      usageIdentifierKey: usageKeyOf(caller),
    };
  };
};
