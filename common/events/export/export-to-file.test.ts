import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { memoryFiles } from "#common/files/testing/memory-files.ts";
import { MESSAGE, runJob } from "#common/jobs/testing/run-job.ts";
import type { Table } from "#common/table/table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { appendAll } from "../testing/append-all.ts";
import { eventMessage } from "../testing/events.ts";
import { exportJob, exportKey } from "./export-request.ts";
import { makeExportToFile } from "./export-to-file.ts";

const QUERY = { organizationId: "demo", types: [], words: [], order: "asc" } as const;
const KEY = exportKey("demo", MESSAGE.jobId, "ndjson");

/** `beforeRead` is called before each read of the table, with how many there were; it throws what the read is to throw. */
const setup = async ({ beforeRead = () => {} }: { beforeRead?: (reads: number) => void } = {}) => {
  const table = memoryTable({ pageBytesMax: 5_000 });
  await appendAll(
    table,
    Array.from({ length: 500 }, (_, number) => eventMessage(number)),
  );
  let reads = 0;
  const store: Table = {
    ...table,
    queryPage: async (options) => {
      beforeRead(++reads);
      return table.queryPage(options);
    },
  };
  const { files, uploads, made } = memoryFiles();
  const run = await runJob({
    kind: exportJob,
    request: { query: QUERY, format: "ndjson" },
    work: (now) => makeExportToFile({ store, files: made, now, partBytes: 5_000 }),
  });
  return { ...run, files, uploads };
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
});
