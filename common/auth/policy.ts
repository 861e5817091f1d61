import type { APIGatewayAuthorizerResult } from "aws-lambda";
import type { Caller } from "./caller.ts";
import { contextOf } from "./context.ts";
import { NOTHING, type Resources, resourcesFor } from "./policy-resources.ts";
import { mayCall } from "./roles.ts";
import { parseRoute } from "./route-pattern.ts";

/** Every route that is not public, and the one role that opens it: `{ "GET /data/{id}": "data.read" }`. */
export type Routes = Readonly<Record<string, string>>;

/** More sets of roles than any deployment gives out; each is worked out once. */
const REMEMBERED_MAX = 500;

/**
 * API Gateway takes 8 KB of an authorizer's answer, and the longest caller's id (twice), organization
 * and roles together need less than 2.5 KB of them.
 */
export const POLICY_BYTES_MAX = 5.5 * 1024;

const statement = (effect: "Allow" | "Deny", stage: string, resources: readonly string[]) => ({
  Effect: effect,
  Action: "execute-api:Invoke",
  Resource: resources.map((resource) => `${stage}/${resource}`),
});

const documentOf = (stage: string, { allow, deny }: Resources) => ({
  Version: "2012-10-17",
  Statement: [
    ...(allow.length === 0 ? [] : [statement("Allow", stage, allow)]),
    ...(deny.length === 0 ? [] : [statement("Deny", stage, deny)]),
  ],
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
 * IAM patterns cannot distinguish all routes, and there is room for some sixty of them, so it may allow
 * more than the roles do, never less; the http stack asks `mayCall` again. A caller without organization
 * may call nothing: every route that is not public belongs to one.
 */
export const makePolicyFor = ({ routes, environment, organizationsWithPlan }: PolicyDeps) => {
  const patterns = Object.keys(routes).map(parseRoute);
  const withPlan: ReadonlySet<string> = new Set(organizationsWithPlan);
  const remembered = new Map<string, Resources>();

  const resourcesOf = (stage: string, { organizationId, roles }: Caller): Resources => {
    if (organizationId === null) return NOTHING;
    const key = [stage, ...[...roles].sort()].join(" ");
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const resources = resourcesFor(
      patterns,
      ({ route }) => mayCall(roles, routes[route] ?? ""),
      (candidate) => Buffer.byteLength(JSON.stringify(documentOf(stage, candidate))) <= POLICY_BYTES_MAX,
    );
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
    return {
      principalId: caller.userId,
      policyDocument: documentOf(stage, resourcesOf(stage, caller)),
      context: contextOf(caller),
      usageIdentifierKey: usageKeyOf(caller),
    };
  };
};
