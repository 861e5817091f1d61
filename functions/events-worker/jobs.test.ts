import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { exportKey, toJson } from "#common/events/export/export-request.ts";
import { makeExportToFile } from "#common/events/export/export-to-file.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { makeVerifyHistory } from "#common/events/verify/verify-history.ts";
import { memoryFiles } from "#common/files/testing/memory-files.ts";
import { type JobKind, jobStore } from "#common/jobs/job.ts";
import { type JobMessage, makeStartJob } from "#common/jobs/start-job.ts";
import { type JobWork, makeWorkOnJob } from "#common/jobs/work-on-job.ts";
import type { Table } from "#common/table/table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";

const MESSAGE: JobMessage = { organizationId: "demo", jobId: "018f0000-0000-7000-8000-000000000001" };
const QUERY = { organizationId: "demo", types: [], words: [], order: "asc" };
const KEY = exportKey("demo", MESSAGE.jobId, "ndjson");

type Options = {
  events?: number;
  kind?: JobKind;
  /** Called before each read of the table, with how many there were; throws what the read is to throw. */
  beforeRead?: (reads: number) => void;
  works?: Partial<Record<JobKind, JobWork>>;
};

const setup = async ({ events = 500, kind = "export", beforeRead = () => {}, works = {} }: Options = {}) => {
  const table = memoryTable({ pageBytesMax: 5_000 });
  await appendAll(
    table,
    Array.from({ length: events }, (_, number) => eventMessage(number)),
  );
  let reads = 0;
  const store: Table = {
    ...table,
    queryPage: async (options) => {
      beforeRead(++reads);
      return table.queryPage(options);
    },
  };
  const clock = { now: Date.UTC(2025, 0, 31) };
  const queue: { message: JobMessage; delaySeconds: number }[] = [];
  const { files, uploads, made } = memoryFiles();
  const jobs = jobStore(table);
  const now = () => clock.now++;
  let holders = 0;
  const work = makeWorkOnJob({
    jobs,
    works: {
      export: makeExportToFile({ store, files: made, now, partBytes: 5_000 }),
      verification: makeVerifyHistory({ store, now, checkpointMs: 5 }),
      ...works,
    },
    again: async (message, delaySeconds) => void queue.push({ message, delaySeconds }),
    now,
    newHolder: () => `holder-${++holders}`,
    workMs: 1_000,
    heldMs: 2_000,
  });
  const send = async (message: JobMessage) => void queue.push({ message, delaySeconds: 0 });
  await makeStartJob({ jobs, send, now: () => new Date(clock.now) })({
    ...MESSAGE,
    userId: "alice",
    kind,
    request: toJson({ query: QUERY, format: "ndjson" }),
  });
  /** Takes messages until the queue is empty; answers the delays they were sent with. */
  const drain = async (): Promise<number[]> => {
    const delays: number[] = [];
    for (let next = queue.shift(); next && delays.length < 100; next = queue.shift()) {
      delays.push(next.delaySeconds);
      await work(next.message);
    }
    return delays;
  };
  const job = () => jobs.read("demo", MESSAGE.jobId);
  return { work, drain, job, jobs, queue, files, uploads, clock, table };
};

const wholeFile = async (): Promise<string> => {
  const { drain, files } = await setup();
  await drain();
  return String(files.get(KEY));
};

describe("the job of an export", () => {
  it("writes every event to the file, part by part, and says how many", async () => {
    const { drain, job, files } = await setup();

    await drain();

    expect(await job()).toMatchObject({ state: "succeeded", result: { rows: 500 } });
    const ids = String(files.get(KEY))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).eventId);
    expect(ids).toEqual(Array.from({ length: 500 }, (_, number) => `event-${number}`));
  });

  it("goes on where it stopped when an invocation's time is up, with the same file in the end", async () => {
    const whole = await wholeFile();
    // Each twentieth read takes so long that the invocation's time is over behind it.
    const harness: { jump?: () => void } = {};
    const { drain, job, files, clock } = await setup({
      beforeRead: (reads) => {
        if (reads % 20 === 0) harness.jump?.();
      },
    });
    harness.jump = () => {
      clock.now += 1_500;
    };

    const delays = await drain();

    expect(delays.length).toBeGreaterThan(2);
    expect(await job()).toMatchObject({ state: "succeeded", result: { rows: 500 } });
    expect(String(files.get(KEY))).toBe(whole);
  });

  it("goes on behind the last part when reading fails now and then, with the same file in the end", async () => {
    const whole = await wholeFile();
    const { drain, job, files } = await setup({
      beforeRead: (reads) => {
        if (reads % 13 === 0) throw new AppError("DEPENDENCY_FAILED");
      },
    });

    await drain();

    expect(await job()).toMatchObject({ state: "succeeded", result: { rows: 500 } });
    expect(String(files.get(KEY))).toBe(whole);
  });

  it("fails with a reason after five attempts that came no further, and leaves no upload behind", async () => {
    const { drain, job, uploads, files } = await setup({
      beforeRead: () => {
        throw new AppError("DEPENDENCY_FAILED");
      },
    });

    const delays = await drain();

    expect(await job()).toMatchObject({
      state: "failed",
      reason: "Something the platform depends on did not answer. This was tried 5 times.",
    });
    // The first attempt began the file and so came further.
    expect(delays).toEqual([0, 0, 10, 20, 40, 80]);
    expect(uploads.size + files.size).toBe(0);
  });

  it("does nothing when a message comes once more after the end", async () => {
    const { drain, work, files, job } = await setup();
    await drain();
    const before = await job();
    files.clear();

    await work(MESSAGE);

    expect(await job()).toEqual(before);
    expect(files.size).toBe(0);
  });

  it("lets one invocation at a time have the job", async () => {
    let second: Promise<unknown> | undefined;
    const harness: { work?: (message: JobMessage) => Promise<void> } = {};
    const { work, job, files } = await setup({
      beforeRead: () => {
        second ??= harness.work?.(MESSAGE).catch((error: unknown) => error);
      },
    });
    harness.work = work;

    await work(MESSAGE);

    expect(await second).toMatchObject({ code: "DEPENDENCY_FAILED", retry: true });
    expect(await job()).toMatchObject({ state: "succeeded" });
    expect(files.size).toBe(1);
  });

  it("is taken over from an invocation that was killed once that cannot live any more", async () => {
    const whole = await wholeFile();
    const { work, job, jobs, files, clock } = await setup();
    const found = await job();
    if (found) await jobs.save({ ...found, holder: "killed", heldUntil: clock.now + 500, attempts: 1 });

    await expect(work(MESSAGE)).rejects.toMatchObject({ code: "DEPENDENCY_FAILED" });
    clock.now += 1_000;
    await work(MESSAGE);

    expect(await job()).toMatchObject({ state: "succeeded" });
    expect(String(files.get(KEY))).toBe(whole);
  });

  it("is given up when five invocations in a row were killed at one place", async () => {
    const { work, job, jobs } = await setup();
    const found = await job();
    if (found) await jobs.save({ ...found, holder: "killed", attempts: 5 });

    await work(MESSAGE);

    expect(await job()).toMatchObject({ state: "failed", reason: "It came no further in 5 attempts." });
  });

  it("stops when somebody else changed the job meanwhile, and leaves it to them", async () => {
    const harness: { steal?: () => Promise<void> } = {};
    const work: JobWork = {
      work: async (_, control) => {
        await harness.steal?.();
        await control.checkpoint({});
        return {};
      },
      clear: async () => {},
    };
    const { work: run, job, jobs, queue } = await setup({ works: { export: work } });
    queue.length = 0;
    harness.steal = async () => {
      const found = await job();
      if (found) await jobs.save({ ...found, holder: "other", checkpoint: { other: true } });
    };

    await expect(run(MESSAGE)).rejects.toMatchObject({ name: "JobLost" });

    expect(await job()).toMatchObject({ state: "running", holder: "other", checkpoint: { other: true } });
    expect(queue).toEqual([]);
  });

  it("is not there any more: the message is done with", async () => {
    const { work } = await setup();

    await work({ organizationId: "demo", jobId: "018f0000-0000-7000-8000-00000000ffff" });
  });
});

describe("the job of a verification", () => {
  it("comes to the verdict in as many invocations as it takes, and counts each event once", async () => {
    const harness: { jump?: () => void } = {};
    const { drain, job, clock } = await setup({
      kind: "verification",
      beforeRead: (reads) => {
        if (reads % 3 === 0) harness.jump?.();
      },
    });
    harness.jump = () => {
      clock.now += 1_500;
    };

    const delays = await drain();

    expect(delays.length).toBeGreaterThan(2);
    expect(await job()).toMatchObject({ state: "succeeded", result: { valid: true, checked: 500 } });
  });

  it("tells where a chain is broken", async () => {
    const { drain, job, table } = await setup({ kind: "verification" });
    const item = table.items().find(({ sk }) => sk === "event");
    if (item) table.tamper(item, (event) => ({ ...event, description: "other" }));

    await drain();

    expect(await job()).toMatchObject({
      state: "succeeded",
      result: { valid: false, brokenAt: { eventId: item?.eventId } },
    });
  });
});
