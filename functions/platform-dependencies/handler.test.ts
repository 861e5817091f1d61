import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { environmentOf } from "#common/manifest/environment.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import { type AwsAnswers, AwsRefusal, type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { callerContext, lambdaContext, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { makeAskDependencies } from "./ask-dependencies.ts";

let aws: AwsServer;
let handler: typeof import("./handler.ts").handler;
let output: ReturnType<typeof captureOutput>;

const all: AwsAnswers = {
  DescribeTable: () => ({ Table: {} }),
  GetQueueAttributes: () => ({ Attributes: {} }),
  DescribeEventBus: () => ({ Name: "bus" }),
  HeadBucket: () => "",
  GenerateMac: () => ({ Mac: Buffer.alloc(32).toString("base64") }),
};

beforeAll(async () => {
  aws = await startAwsServer();
  const declarations = loadDeclarations("functions");
  const manifest = declarations.manifests.find(({ name }) => name === "platform-dependencies");
  if (!manifest) throw new Error("the function has no manifest");
  const deployment = {
    environment: "test",
    region: "us-east-1",
    accountId: "000000000000",
    partition: "aws",
    queueOrigin: aws.url,
    bucketSuffix: "",
  };
  const environment = {
    ...aws.environment,
    ...environmentOf(declarations, deployment, manifest, {}),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import("./handler.ts"));
});
afterAll(() => aws.stop());
beforeEach(() => {
  output = captureOutput();
  aws.answerWith(all);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const get = async (roles = "admin") => {
  const authorizer = callerContext({ roles });
  const result = await handler(restEvent({ route: "GET /health/dependencies", authorizer }), lambdaContext());
  return { ...result, json: JSON.parse(result.body) };
};
type Answered = { name: string; status: string };

describe("GET /health/dependencies", () => {
  it("is 200 when everything answers", async () => {
    const { statusCode, json } = await get();

    expect(statusCode).toBe(200);
    expect(json.status).toBe("ok");
    expect(json.dependencies.every(({ status }: Answered) => status === "ok")).toBe(true);
  });

  it("asks everything that its manifest lets it touch, once", async () => {
    const { access } = JSON.parse(readFileSync("functions/platform-dependencies/function.json", "utf8"));
    const names = Object.values(access as Record<string, object>).flatMap((kind) => Object.keys(kind));

    const { json } = await get();

    expect(json.dependencies).toHaveLength(names.length);
    expect(aws.calls).toHaveLength(names.length);
  });

  it("may touch everything that functions share, so that nothing is forgotten here", () => {
    const { access } = JSON.parse(readFileSync("functions/platform-dependencies/function.json", "utf8"));
    const resources = JSON.parse(readFileSync("functions/resources.json", "utf8"));

    for (const kind of ["tables", "queues", "topics", "buckets", "buses", "keys"]) {
      expect(Object.keys(access[kind] ?? {}).sort()).toEqual(Object.keys(resources[kind]).sort());
    }
  });

  it("is 503 when one fails, names that one, and says why only in the log", async () => {
    aws.answerWith({
      ...all,
      DescribeEventBus: () => {
        throw new AwsRefusal("ResourceNotFoundException", "no such bus: internal-name");
      },
    });

    const { statusCode, json, body } = await get();

    expect(statusCode).toBe(503);
    expect(json.status).toBe("failed");
    expect(
      json.dependencies
        .filter(({ status }: Answered) => status === "failed")
        .map(({ name }: Answered) => name),
    ).toEqual(["bus bus"]);
    expect(body).not.toContain("internal-name");
    expect(output.lines()[0]).toMatchObject({
      level: "error",
      message: "dependency failed",
      resourceName: "bus bus",
      error: { message: "no such bus: internal-name" },
    });
  });

  it("is 403 for anybody but an admin", async () => {
    expect((await get("data.read data.write")).statusCode).toBe(403);
    expect(aws.calls).toEqual([]);
  });

  it("tells nothing of the call before", async () => {
    aws.answerWith({});
    expect((await get()).statusCode).toBe(503);
    aws.answerWith(all);
    output.clear();

    expect((await get()).statusCode).toBe(200);
    expect(output.lines()).toEqual([
      expect.objectContaining({ level: "info", status: 200, coldStart: false }),
    ]);
    expect(output.lines()[0]).not.toHaveProperty("error");
  });
});

describe("asking dependencies", () => {
  it("does not wait for one that hangs, and asks the others all the same", async () => {
    const ask = makeAskDependencies(
      [
        { name: "hangs", ask: () => new Promise(() => {}) },
        { name: "answers", ask: async () => {} },
      ],
      5,
    );

    expect(await ask()).toMatchObject({
      status: "failed",
      dependencies: [
        { name: "hangs", status: "failed" },
        { name: "answers", status: "ok" },
      ],
    });
  });

  it("tells one that cannot even be asked from the others", async () => {
    const ask = makeAskDependencies([
      {
        name: "throws",
        ask: () => {
          throw new Error("no region");
        },
      },
      { name: "answers", ask: async () => {} },
    ]);

    expect((await ask()).dependencies.map(({ status }) => status)).toEqual(["failed", "ok"]);
  });
});
