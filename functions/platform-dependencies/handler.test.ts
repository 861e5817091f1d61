import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { type AwsAnswers, AwsRefusal } from "#common/testing/aws-server.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";
import { makeAskDependencies } from "./ask-dependencies.ts";

const { ask, aws, output } = await startFunctionOnFake("platform-dependencies");

const all: AwsAnswers = {
  DescribeTable: () => ({ Table: {} }),
  GetQueueAttributes: () => ({ Attributes: {} }),
  DescribeEventBus: () => ({ Name: "bus" }),
  GetTopicAttributes: () =>
    "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes/></GetTopicAttributesResult></GetTopicAttributesResponse>",
  DescribeDeliveryStream: () => ({ DeliveryStreamDescription: {} }),
  HeadBucket: () => "",
  GenerateMac: () => ({ Mac: Buffer.alloc(32).toString("base64") }),
};

beforeEach(() => {
  aws.answerWith(all);
});

const get = (roles = "admin") =>
  ask({ route: "GET /health/dependencies", authorizer: callerContext({ roles }) });
type Answered = { name: string; status: string };

describe("GET /health/dependencies", () => {
  it("is 200 when everything answers", async () => {
    const { status, json } = await get();

    expect(status).toBe(200);
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

    for (const kind of ["tables", "queues", "topics", "buckets", "buses", "keys", "streams"]) {
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

    const { status, json, text } = await get();

    expect(status).toBe(503);
    expect(json.status).toBe("failed");
    expect(
      json.dependencies.filter((one: Answered) => one.status === "failed").map(({ name }: Answered) => name),
    ).toEqual(["bus bus"]);
    expect(text).not.toContain("internal-name");
    expect(output().lines()[0]).toMatchObject({
      level: "error",
      message: "dependency failed",
      resourceName: "bus bus",
      error: { message: "no such bus: internal-name" },
    });
  });

  it("is 403 for every caller but an admin", async () => {
    expect((await get("data.read data.write")).status).toBe(403);
    expect(aws.calls).toEqual([]);
  });

  it("logs nothing of the call before", async () => {
    aws.answerWith({});
    expect((await get()).status).toBe(503);
    aws.answerWith(all);
    output().clear();

    expect((await get()).status).toBe(200);
    expect(output().lines()).toEqual([
      expect.objectContaining({ level: "info", status: 200, coldStart: false }),
    ]);
    expect(output().lines()[0]).not.toHaveProperty("error");
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

  it("distinguishes one that cannot even be asked from the others", async () => {
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
