import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jwksOf, newKey } from "#common/auth/testing/tokens.ts";
import { environmentOf } from "#common/manifest/environment.ts";
import { functionNames, loadDeclarations } from "#common/manifest/load.ts";
import { type AwsAnswers, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { callerContext, restEvent, sqsEvent } from "#common/testing/lambda-events.ts";
import { build } from "./build.ts";
import { loadRoutes } from "./contracts.ts";
import { runNode } from "./testing/run-node.ts";

const names = functionNames("functions");
const manifestOf = (name: string) => loadDeclarations("functions").manifests.find((one) => one.name === name);
const jwks = jwksOf(newKey("ES256"));
let aws: AwsServer;

beforeAll(async () => {
  aws = await startAwsServer();
  await build({ functionsFolder: "functions", outFolder: "dist" });
}, 120_000);
afterAll(() => aws.stop());

const settings = () => ({
  RELEASE_VERSION: "1",
  LOG_DAYS: "400",
  LOG_STREAMS: "1",
  DEFAULT_CURRENCY: "USD",
  BUSINESS_EVENT_SOURCE: "co.cogo.millrace",
  BUS_ENTRY_BYTES: "240000",
  OPERATOR_ORGANIZATION: "demo",
  TOKEN_ISSUER: "https://issuer.example",
  TOKEN_AUDIENCE: "millrace",
  TOKEN_JWKS: jwks,
  TOKEN_ORGANIZATION_CLAIM: "organizationId",
  TOKEN_ROLE_CLAIM: "Role",
});

/** The environment that the function has wherever it runs, with a local endpoint for AWS. */
const bundleEnvironment = (name: string) => {
  const declarations = loadDeclarations("functions");
  const manifest = declarations.manifests.find((one) => one.name === name);
  if (!manifest) throw new Error(`there is no function ${name}`);
  const deployment = {
    environment: "local",
    region: "us-east-1",
    accountId: "000000000000",
    partition: "aws",
    queueOrigin: aws.url,
    bucketSuffix: "",
  };
  return { ...aws.environment, ...environmentOf(declarations, deployment, manifest, settings()) };
};

/** First events for functions whose manifest does not show one that makes them work. */
const firstEvents: Record<string, object> = {
  "data-generator": restEvent({ route: "POST /data", body: { a: 1 }, headers: { "idempotency-key": "k" } }),
  "platform-authorizer": {
    type: "REQUEST",
    methodArn: "arn:aws:execute-api:us-east-1:0:a/local/GET/data",
    headers: { authorization: "Bearer a.b.c" },
    multiValueHeaders: { authorization: ["Bearer a.b.c"] },
  },
};

/** The event of the function's first trigger; the request of an admin, where that is a route. */
const firstEvent = (name: string): object => {
  const [trigger] = manifestOf(name)?.triggers ?? [];
  if (trigger?.type === "queue") return sqsEvent(["{"]);
  if (trigger?.type !== "http") return {};
  return restEvent({
    route: trigger.route,
    authorizer: trigger.role === null ? null : callerContext({ roles: "admin" }),
  });
};

const answers: AwsAnswers = {
  PutItem: () => ({}),
  UpdateItem: () => ({}),
  Query: () => ({ Items: [] }),
  SendMessage: () => ({ MessageId: "m" }),
  SendMessageBatch: () => ({ Successful: [], Failed: [] }),
  DescribeTable: () => ({ Table: {} }),
};

describe.each(names)("the bundle of %s", (name) => {
  it("loads neither undici nor http2, nor the tracer, on import or at its first call", async () => {
    const event = firstEvents[name] ?? firstEvent(name);
    const source = `
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(resolve("dist", name, "handler.cjs"))});
      const loaded = () => process.moduleLoadList.filter((one) => /undici|http2/.test(one));
      const before = loaded();
      const { handler } = require("./handler.cjs");
      const imported = loaded();
      const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 10_000 };
      await handler(${JSON.stringify(event)}, context).catch(() => {});
      const tracer = Object.keys(require.cache).filter((file) => file.endsWith("tracer.cjs"));
      report({ before, imported, called: loaded(), tracer });`;

    aws.answerWith(answers);
    const { before, imported, called, tracer } = await runNode<Record<string, string[]>>(source, {
      env: bundleEnvironment(name),
    });

    expect({ imported, called, tracer }).toEqual({ imported: before, called: before, tracer: [] });
    // Otherwise the first call used no client, and its time would leave out what loading one costs.
    const touchesAws = Object.keys(manifestOf(name)?.access ?? {}).length > 0;
    if (touchesAws && /^data|dependencies|persister/.test(name)) expect(aws.calls).not.toEqual([]);
  });
});

describe("the parts of a request that are read", () => {
  it("are those that the function's contract takes", async () => {
    const routes = await loadRoutes(loadDeclarations("functions"));
    const functions = [...new Set(routes.map(({ functionName }) => functionName))];
    expect(functions).toContain("data-presenter");
    for (const name of functions) {
      const { sources } = JSON.parse(readFileSync(`dist/${name}/handler.cjs.map`, "utf8"));
      const has = (file: string) => sources.some((source: string) => source.endsWith(file));
      const takes = (part: "body" | "preconditions") =>
        routes.some(({ functionName, contract }) => functionName === name && contract[part] !== undefined);

      expect({ name, body: has("common/json/equal-names.ts") }).toEqual({ name, body: takes("body") });
      expect({
        name,
        headers: has("common/middleware/conditional-headers.ts") && has("http/preconditions.ts"),
      }).toEqual({ name, headers: takes("preconditions") });
    }
  });
});

describe("a source map", () => {
  it("leads an error's stack to our file and line", async () => {
    const source = `
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(resolve("dist/data-presenter/handler.cjs"))});
      delete process.env.RECORDS_TABLE;
      try { require("./handler.cjs"); } catch (error) { report(error.stack); }`;

    const stack = await runNode<string>(source, {
      env: bundleEnvironment("data-presenter"),
      flags: ["--enable-source-maps"],
    });

    const line = (file: string, text: string) =>
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((one) => one.includes(text)) + 1;
    expect(stack).toContain(
      `common/config/config.ts:${line("common/config/config.ts", "environment is wrong")}:`,
    );
    expect(stack).toContain(
      `functions/data-presenter/handler.ts:${line("functions/data-presenter/handler.ts", "readConfig({")}:`,
    );
  });
});
