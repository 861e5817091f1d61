import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentOf } from "./environment.ts";
import { grantsOf, statementsOf } from "./grants.ts";
import { loadDeclarations } from "./load.ts";
import { type Manifest, RESOURCE_KINDS } from "./manifest.ts";
import { type Deployment, resourceArns, resourceName, variableName } from "./names.ts";

const DEPLOYMENT: Deployment = {
  environment: "dev",
  region: "us-east-1",
  accountId: "123456789012",
  partition: "aws",
  queueOrigin: "https://sqs.us-east-1.amazonaws.com",
  bucketSuffix: "-123456789012",
};
const declarations = loadDeclarations("functions");
const functionCalled = (name: string): Manifest => {
  const found = declarations.manifests.find((one) => one.name === name);
  if (!found) throw new Error(`no function ${name}`);
  return found;
};
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}$/);

describe("names", () => {
  it("of two resources never give one variable", () => {
    const resource = fc.tuple(fc.constantFrom(...RESOURCE_KINDS), name);
    fc.assert(
      fc.property(resource, resource, ([kindA, a], [kindB, b]) => {
        const variable = (kind: (typeof RESOURCE_KINDS)[number], of: string) =>
          `${variableName(of)}_${declarations.rights[kind].variable}`;

        expect(variable(kindA, a) === variable(kindB, b)).toBe(kindA === kindB && a === b);
        expect(variable(kindA, a)).toMatch(/^[A-Z][A-Z0-9_]*$/);
      }),
    );
  });

  it("of resources in AWS hold the environment, and each right's ARNs the resource's name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RESOURCE_KINDS), name, name, (kind, environment, of) => {
        const deployment = { ...DEPLOYMENT, environment };

        for (const arn of resourceArns(deployment, kind, of, "read")) {
          expect(arn).toContain(kind === "keys" ? "key/*" : resourceName(deployment, of));
          expect(arn.split(":")[0]).toBe("arn");
        }
      }),
    );
  });

  it("of buckets are global in AWS, so they carry the account, and listing is of the bucket itself", () => {
    expect(resourceArns(DEPLOYMENT, "buckets", "lake", "list")).toEqual([
      "arn:aws:s3:::millrace-dev-lake-123456789012",
    ]);
    expect(resourceArns(DEPLOYMENT, "buckets", "lake", "read")).toEqual([
      "arn:aws:s3:::millrace-dev-lake-123456789012/*",
    ]);
  });
});

describe("the environment of a function", () => {
  it("holds one variable for each resource it may touch, and the settings it lists", () => {
    expect(environmentOf(declarations, DEPLOYMENT, functionCalled("data-persister"), {})).toEqual({
      ENVIRONMENT: "dev",
      NODE_OPTIONS: "--enable-source-maps",
      POWERTOOLS_SERVICE_NAME: "data-persister",
      POWERTOOLS_METRICS_NAMESPACE: "millrace-dev",
      RECORDS_TABLE: "millrace-dev-records",
      RECORDS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/millrace-dev-records",
      RECORDS_DEAD_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/millrace-dev-records-dead",
    });
    expect(
      environmentOf(declarations, DEPLOYMENT, functionCalled("platform-health"), {
        RELEASE_VERSION: "1",
        OTHER: "x",
      }),
    ).toMatchObject({ RELEASE_VERSION: "1" });
  });

  it("has a value for every variable, whichever function", () => {
    for (const one of declarations.manifests) {
      const values = environmentOf(declarations, DEPLOYMENT, one, {});
      const resources = new Set(
        grantsOf(one)
          .filter((g) => g.right !== "stream")
          .map((g) => `${g.kind} ${g.name}`),
      );
      // The bucket that a workgroup's sessions query.
      for (const name of Object.keys(one.access.athena ?? {})) {
        resources.add(`buckets ${declarations.resources.athena?.[name]?.bucket}`);
      }

      expect(Object.keys(values)).toHaveLength(4 + resources.size + one.settings.length);
      expect(JSON.stringify(values)).not.toContain("undefined");
    }
  });
});

describe("the rights of the data service", () => {
  const actionsOf = (of: string) =>
    statementsOf(declarations, DEPLOYMENT, functionCalled(of)).map(
      ({ actions, resources }) =>
        `${resources[0]?.split(":").at(-1)}: ${actions.map((a) => a.split(":")[1]).join(" ")}`,
    );

  it("are the least that each function needs", () => {
    expect(actionsOf("data-generator")).toEqual([
      "millrace-dev-records: SendMessage",
      "table/millrace-dev-idempotency: GetItem BatchGetItem Query",
      "table/millrace-dev-idempotency: PutItem UpdateItem DeleteItem BatchWriteItem ConditionCheckItem",
    ]);
    expect(actionsOf("data-persister")).toEqual([
      "table/millrace-dev-records: PutItem UpdateItem DeleteItem BatchWriteItem ConditionCheckItem",
      "millrace-dev-records: ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes",
      "millrace-dev-records-dead: SendMessage",
    ]);
    expect(actionsOf("data-presenter")).toEqual([
      "table/millrace-dev-records: GetItem BatchGetItem Query",
      "key/*: GenerateMac",
    ]);
  });

  it("narrow a key by its alias", () => {
    expect(statementsOf(declarations, DEPLOYMENT, functionCalled("data-presenter")).at(-1)).toMatchObject({
      requestAlias: "alias/millrace-dev-cursors",
    });
  });
});
