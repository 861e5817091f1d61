import { describe, expect, it } from "vitest";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

const { ask, aws, output, restart } = await startFunctionOnFake("platform-health");

describe("GET /health", () => {
  const get = () => ask({ route: "GET /health", authorizer: null });

  it.each([
    ["1.2.3", "1.2.3"],
    ["", "unknown"],
  ])("is 200 and answers the version %j as %s, without a token", async (version, answered) => {
    await restart({ RELEASE_VERSION: version });

    expect(await get()).toMatchObject({ status: 200, json: { status: "ok", version: answered } });
    expect(aws.calls).toEqual([]);
  });

  it("says that it started cold the first time only", async () => {
    await restart({ RELEASE_VERSION: "1" });

    await get();
    await get();

    expect(
      output()
        .lines()
        .map(({ coldStart }) => coldStart),
    ).toEqual([true, false]);
  });
});
