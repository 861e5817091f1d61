import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lambdaContext, restEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";

const start = async (version: string) => {
  vi.resetModules();
  vi.stubEnv("RELEASE_VERSION", version);
  return (await import("./handler.ts")).handler;
};

let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("GET /health", () => {
  const event = () => restEvent({ route: "GET /health", authorizer: null });

  it.each([
    ["1.2.3", "1.2.3"],
    ["", "unknown"],
  ])("is 200 and tells the version %j as %s, to everybody", async (version, told) => {
    const handler = await start(version);

    const answer = await handler(event(), lambdaContext());

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ status: "ok", version: told });
  });

  it("says that it started cold the first time only", async () => {
    const handler = await start("1");

    await handler(event(), lambdaContext());
    await handler(event(), lambdaContext({ awsRequestId: "second" }));

    expect(output.lines().map(({ coldStart }) => coldStart)).toEqual([true, false]);
  });
});
