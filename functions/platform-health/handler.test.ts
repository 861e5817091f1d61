import { describe, expect, it } from "vitest";
import { startFunctionOnFake } from "#local/testing/start-function-on-fake.ts";

const { ask, aws, output, restart } = await startFunctionOnFake("platform-health");

describe("GET /health", () => {
  const get = () => ask({ route: "GET /health", authorizer: null });

  it.each([
    ["1.2.3", "1.2.3"],
    ["", "unknown"],
  ])("is 200 and tells the version %j as %s, to everybody", async (version, told) => {
    await restart({ RELEASE_VERSION: version });

    expect(await get()).toMatchObject({ status: 200, json: { status: "ok", version: told } });
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
