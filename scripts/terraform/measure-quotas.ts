// How much of AWS's quotas the manifests take: everything that grows with the number of functions and services.
import { makePolicyFor, type Routes } from "#common/auth/policy.ts";
import { ROLES } from "#common/auth/roles.ts";
import { environmentOf } from "#common/manifest/environment.ts";
import {
  type Declarations,
  hasOwnDeadLetters,
  type Manifest,
  type Trigger,
  triggersOf,
} from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import { invocationPolicy, rolePolicy } from "./written-policies.ts";

export type Use = {
  /** What is counted, in a table's cell. */
  what: string;
  used: number;
  limit: number;
  unit: "" | "bytes";
  /** The function or resource that is nearest to the limit, where each has its own. */
  nearest?: string;
  /** Whether AWS raises it on request. */
  raisable: boolean;
  /** Whether code holds it under the limit, so that being near means nothing. */
  held?: true;
  source: string;
};

const APIGATEWAY =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";
const SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html";
const EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html";
const DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html";
const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html";

/** The longest names that a deployment may have: what fits here fits everywhere. */
const DEPLOYMENT: Deployment = {
  environment: "a".repeat(16),
  region: "ap-southeast-1",
  accountId: "000000000000",
  partition: "aws",
  queueOrigin: "https://sqs.ap-southeast-1.amazonaws.com",
  bucketSuffix: "-000000000000",
};

/** An allowance for the value of a setting. Inline keys may need more; the applied state is measured as it is. */
const SETTING = "x".repeat(150);

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The member that uses most, and how much; 0 if there is no member. */
const largest = <T>(members: readonly T[], sizeOf: (member: T) => number, nameOf: (member: T) => string) => {
  const sized = members.map((member) => ({ used: sizeOf(member), nearest: nameOf(member) }));
  return sized.reduce((most, one) => (one.used > most.used ? one : most), { used: 0, nearest: "–" });
};

const nameOf = ({ name }: { name: string }): string => name;

/** Every resource of a REST API: each route's path and all paths above it, the root too. */
const apiResources = (manifests: readonly Manifest[]): number => {
  const paths = new Set(["/"]);
  for (const { route } of manifests.flatMap((manifest) => triggersOf(manifest, "http"))) {
    const segments = (route.split(" ")[1] ?? "").split("/").slice(1);
    for (const [at] of segments.entries()) paths.add(`/${segments.slice(0, at + 1).join("/")}`);
  }
  return paths.size;
};

const environmentVariables = (declarations: Declarations, manifest: Manifest): unknown =>
  environmentOf(
    declarations,
    DEPLOYMENT,
    manifest,
    Object.fromEntries(manifest.settings.map((name) => [name, SETTING])),
  );

/** Every role alone, and all but each one: between them lies the longest list of routes. */
const setsOfRoles = [
  ...ROLES.map((role) => [role]),
  ...ROLES.map((role) => ROLES.filter((one) => one !== role && one !== "admin")),
];

const authorizerPolicy = (manifests: readonly Manifest[]) => {
  const routes: Routes = Object.fromEntries(
    manifests
      .flatMap((manifest) => triggersOf(manifest, "http"))
      .flatMap(({ route, role }) => (role === null ? [] : [[route, role]])),
  );
  const policyFor = makePolicyFor({ routes, environment: "prd", organizationsWithPlan: [] });
  const stage = `arn:aws:execute-api:${DEPLOYMENT.region}:${DEPLOYMENT.accountId}:abcdefghij/v1`;
  return largest(
    setsOfRoles,
    (roles) =>
      bytes(
        policyFor(`${stage}/GET/`, { userId: "a", organizationId: "a", roles, expiresAt: 0 }).policyDocument,
      ),
    (roles) =>
      roles.length === 1
        ? `${roles[0]} alone`
        : `all but ${ROLES.find((one) => one !== "admin" && !roles.includes(one)) ?? "admin"}`,
  );
};

/** Which services may put messages on a dead-letter queue: a statement for them beside TLS only. */
const deadLetterStatements = (manifest: Manifest): number =>
  manifest.triggers.some(({ type }) => type === "bus" || type === "topic") ? 2 : 1;

/** Uses of all quotas, for `environments` environments in one account. */
export const usesOf = (declarations: Declarations, environments: number): Use[] => {
  const { manifests, resources } = declarations;
  const rules = manifests.flatMap((manifest) =>
    triggersOf(manifest, "bus").map(({ pattern }) => ({ name: manifest.name, pattern })),
  );
  const countOf = <T extends Trigger["type"]>(
    type: T,
    is: (trigger: Extract<Trigger, { type: T }>) => boolean,
  ): number => manifests.flatMap((manifest) => triggersOf(manifest, type)).filter(is).length;
  const named = (kind: object) => Object.keys(kind).map((name) => ({ name }));
  const concurrency = manifests.reduce(
    (sum, { triggers, concurrency: { reserved = 0 } }) =>
      sum +
      Math.max(
        reserved,
        ...triggers.map((trigger) => (trigger.type === "queue" ? (trigger.maximumConcurrency ?? 0) : 0)),
      ),
    0,
  );
  // A role for each function, one for each schedule, and five that an environment has in any case.
  const roles = manifests.length + countOf("schedule", () => true) + 5;

  return [
    {
      what: "resources of the REST API",
      used: apiResources(manifests),
      limit: 300,
      unit: "",
      raisable: true,
      source: APIGATEWAY,
    },
    {
      what: "authorizer's policy, the longest of any role alone and of all but one",
      ...authorizerPolicy(manifests),
      limit: 6 * 1024,
      unit: "bytes",
      raisable: false,
      held: true,
      source: APIGATEWAY,
    },
    {
      what: "a role's own policy",
      ...largest(manifests, (manifest) => bytes(rolePolicy(declarations, DEPLOYMENT, manifest)), nameOf),
      limit: 10_240,
      unit: "bytes",
      raisable: false,
      source: IAM,
    },
    {
      what: `roles of the account, ${environments} environments`,
      used: roles * environments,
      limit: 1000,
      unit: "",
      raisable: true,
      source: IAM,
    },
    {
      what: "who may invoke a function (its resource policy)",
      ...largest(manifests, (manifest) => bytes(invocationPolicy(DEPLOYMENT, manifest)), nameOf),
      limit: 20 * 1024,
      unit: "bytes",
      raisable: false,
      source: LAMBDA,
    },
    {
      what: "a function's environment variables",
      ...largest(manifests, (manifest) => bytes(environmentVariables(declarations, manifest)), nameOf),
      limit: 4 * 1024,
      unit: "bytes",
      raisable: false,
      source: LAMBDA,
    },
    {
      what: `concurrency that queues and reservations may take, ${environments} environments`,
      used: concurrency * environments,
      limit: 1000,
      unit: "",
      raisable: true,
      source: LAMBDA,
    },
    {
      what: "statements of a queue's policy",
      ...largest(manifests.filter(hasOwnDeadLetters), deadLetterStatements, ({ name }) => `${name}-dead`),
      limit: 20,
      unit: "",
      raisable: false,
      source: SQS,
    },
    {
      what: "rules of the bus",
      used: rules.length,
      limit: 300,
      unit: "",
      raisable: true,
      source: EVENTBRIDGE,
    },
    {
      what: "a rule's pattern",
      ...largest(rules, ({ pattern }) => bytes(pattern), nameOf),
      limit: 4096,
      unit: "bytes",
      raisable: false,
      source: EVENTBRIDGE,
    },
    {
      what: "subscriptions of a log group",
      used: countOf("log-lines", () => true),
      limit: 2,
      unit: "",
      raisable: false,
      source: LOGS,
    },
    {
      what: "notifications of a bucket",
      ...largest(
        named(resources.buckets),
        ({ name }) => countOf("bucket", ({ bucket }) => bucket === name),
        nameOf,
      ),
      limit: 100,
      unit: "",
      raisable: false,
      source: S3,
    },
    {
      what: "functions that read a table's stream",
      ...largest(
        named(resources.tables),
        ({ name }) => countOf("table", ({ table }) => table === name),
        nameOf,
      ),
      limit: 2,
      unit: "",
      raisable: false,
      source: DYNAMODB,
    },
    {
      what: "indexes of a table",
      ...largest(
        Object.entries(resources.tables),
        ([, { indexes = {} }]) => Object.keys(indexes).length,
        ([name]) => name,
      ),
      limit: 20,
      unit: "",
      raisable: true,
      source: DYNAMODB,
    },
  ];
};
