import { join } from "node:path";
import { afterEach } from "vitest";
import { type Clock, makeClock } from "../../clock.ts";
import { localDeployment } from "../../deployment.ts";
import type { Chaos, Invocation } from "../../seams.ts";
import { type Fixture, type FixtureFunction, makeFixture } from "../../testing/platform.ts";
import { openLogs } from "../logs.ts";
import { createRuntime, type Runtime } from "../runtime.ts";

export const payloadOf = (outcome: Invocation): unknown => {
  if (outcome.outcome === "failed") throw new Error(JSON.stringify(outcome.error));
  return outcome.payload;
};
export const errorOf = (outcome: Invocation) => (outcome.outcome === "failed" ? outcome.error : undefined);

/** A runtime for each test that sets one up; it is stopped after the test. */
export const useRuntime = () => {
  const open: { fixture: Fixture; runtime: Runtime }[] = [];

  const setup = (
    functions: Record<string, FixtureFunction>,
    options: {
      idleMs?: number;
      concurrencyMax?: number;
      chaos?: Chaos;
      settings?: Record<string, string>;
      clock?: Clock;
    } = {},
  ) => {
    const fixture = makeFixture(functions);
    const logs = openLogs(join(fixture.dataFolder, "logs"));
    const runtime = createRuntime({
      declarations: fixture.declarations(),
      deployment: localDeployment("http://localhost:4566"),
      settings: {},
      bundlesFolder: fixture.bundlesFolder,
      awsUrl: "http://localhost:4566",
      secretOf: (name) => `secret of ${name}`,
      logs,
      chaos: { share: 0, random: Math.random },
      clock: makeClock(),
      ...options,
    });
    open.push({ fixture, runtime });
    return { fixture, runtime, logs };
  };

  afterEach(async () => {
    for (const { fixture, runtime } of open.splice(0)) {
      await runtime.stop(AbortSignal.abort());
      fixture.remove();
    }
  });

  return setup;
};
