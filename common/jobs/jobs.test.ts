import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { OutOfTime } from "#common/table/deadline.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import resources from "#functions/resources.json" with { type: "json" };
import { startTestPort, type TestPort, testDeclarations } from "#local/aws/testing/port.ts";
import { counting, describeJobs } from "./testing/job-contract.ts";
import { runJob } from "./testing/run-job.ts";
import type { JobWork } from "./work-on-job.ts";

let port: TestPort;
beforeAll(async () => {
  const { jobs } = resources.tables;
  const tables = { jobs } as typeof testDeclarations.resources.tables;
  const declarations = { ...testDeclarations, resources: { ...testDeclarations.resources, tables } };
  port = await startTestPort({ declarations });
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: port.url,
  });
});
afterAll(() => port.close());

describeJobs("in memory", async () => memoryTable());
describeJobs("in DynamoDB", async () => dynamodbTable("millrace-local-jobs"));

type Work = JobWork<{ to: number }, { at: number }, { at: number }>;

/** Counts on from the checkpoint, one step a checkpoint; `step` may throw, wait or move the clock. */
const countTo = async (to: number, step: (at: number) => Promise<void> | void = () => {}) => {
  const cleared: string[] = [];
  const run = await runJob({
    kind: counting,
    request: { to },
    work: (now): Work => ({
      kind: counting,
      work: async ({ checkpoint, request }, control) => {
        for (let at = checkpoint?.at ?? 0; at < request.to; ) {
          if (now() > control.until) return undefined;
          await step(at);
          at += 1;
          await control.checkpoint({ at });
        }
        return { at: request.to };
      },
      clear: async ({ jobId }) => void cleared.push(jobId),
    }),
  });
  return { ...run, cleared };
};

describe("working on a job", () => {
  it("comes to its result", async () => {
    const { drain, job } = await countTo(3);

    expect(await drain()).toEqual([0]);
    expect(await job()).toMatchObject({ state: "succeeded", result: { at: 3 }, heldUntil: 0 });
  });

  it("goes on from the last checkpoint in as many invocations as it takes", async () => {
    const steps: number[] = [];
    const run = await countTo(6, (at) => {
      steps.push(at);
      if (at % 2 === 1) run.clock.now += 1_500;
    });

    expect(await run.drain()).toEqual([0, 0, 0]);
    expect(await run.job()).toMatchObject({ state: "succeeded", result: { at: 6 } });
    expect(steps).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("tries again after a failure that may pass, waiting longer each time it came no further", async () => {
    let failures = 3;
    const { drain, job } = await countTo(3, (at) => {
      if (at === 1 && failures-- > 0) throw new AppError("DEPENDENCY_FAILED");
    });

    expect(await drain()).toEqual([0, 0, 10, 20]);
    expect(await job()).toMatchObject({ state: "succeeded", result: { at: 3 } });
  });

  it("fails after five attempts at one place, with the reason, and clears up", async () => {
    const { drain, job, cleared, failures } = await countTo(3, () => {
      throw new AppError("DEPENDENCY_FAILED");
    });

    expect(await drain()).toEqual([0, 10, 20, 40, 80]);
    expect(await job()).toMatchObject({
      state: "failed",
      reason: "Something the platform depends on did not answer. This was tried 5 times.",
    });
    expect(cleared).toHaveLength(1);
    expect(failures).toHaveLength(5);
  });

  it("fails at once with what can never succeed", async () => {
    const { drain, job } = await countTo(3, () => {
      throw new AppError("NOT_FOUND");
    });

    expect(await drain()).toEqual([0]);
    expect(await job()).toMatchObject({ state: "failed" });
  });

  it("counts a store that ran out of time as an attempt, and reports no failure of it", async () => {
    const { drain, failures } = await countTo(3, () => {
      throw new OutOfTime("the time for this is up");
    });

    expect(await drain()).toHaveLength(5);
    expect(failures).toEqual([]);
  });

  it("is given up when five invocations in a row were killed at one place", async () => {
    const { work, job, jobs } = await countTo(3);
    const found = await job();
    if (found) await jobs.save({ ...found, holder: "killed", attempts: 5 });

    await work();

    expect(await job()).toMatchObject({ state: "failed", reason: "It came no further in 5 attempts." });
  });

  it("lets one invocation at a time have the job, and another after a killed one's time", async () => {
    let second: Promise<unknown> | undefined;
    const run = await countTo(1, () => {
      second ??= run.work().catch((error: unknown) => error);
    });

    await run.work();

    expect(await second).toMatchObject({ code: "DEPENDENCY_FAILED", retry: true });
    expect(await run.job()).toMatchObject({ state: "succeeded" });
    const killed = await countTo(1);
    const found = await killed.job();
    if (found) await killed.jobs.save({ ...found, holder: "killed", heldUntil: killed.clock.now + 2_000 });
    killed.clock.now += 3_000;
    await killed.work();
    expect(await killed.job()).toMatchObject({ state: "succeeded" });
  });

  it("stops when another invocation changed the job meanwhile, and leaves it to that one", async () => {
    const run = await countTo(3, async () => {
      const found = await run.job();
      if (found) await run.jobs.save({ ...found, holder: "other", checkpoint: { at: 2 } });
    });
    run.queue.length = 0;

    await expect(run.work()).rejects.toMatchObject({ name: "JobLost" });

    expect(await run.job()).toMatchObject({ state: "running", holder: "other", checkpoint: { at: 2 } });
    expect(run.queue).toEqual([]);
  });

  it("does nothing when its message comes once more after the end", async () => {
    const steps: number[] = [];
    const { drain, work, job } = await countTo(2, (at) => void steps.push(at));
    await drain();
    const before = await job();

    await work();

    expect(await job()).toEqual(before);
    expect(steps).toEqual([0, 1]);
  });

  it("is done with when the job has expired", async () => {
    const table = memoryTable();
    const { work } = await runJob({
      kind: counting,
      request: { to: 1 },
      table,
      work: (): Work => ({ kind: counting, work: async () => ({ at: 1 }), clear: async () => {} }),
    });
    for (const item of table.items()) table.tamper(item, () => undefined);

    await work();

    expect(table.items()).toEqual([]);
  });
});
