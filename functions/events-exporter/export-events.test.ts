import { describe, expect, it } from "vitest";
import { exportJob } from "#common/events/export/export-request.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { RawJson } from "#common/http/answers.ts";
import type { JobOf } from "#common/jobs/job.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import type { JobMessage } from "#common/jobs/start-job.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { type ExportEventsDeps, makeExportEvents } from "./export-events.ts";

const CALLER = { organizationId: "demo", userId: "alice" };
const ATTEMPT = { id: "018f0000-0000-7000-8000-000000000001", time: "2025-01-31T12:00:00.000Z" };
const QUERY = { organizationId: "demo", types: [], words: [], order: "asc" } as const;

const setup = async (more: Partial<ExportEventsDeps> = {}, events = 300) => {
  const store = memoryTable();
  await appendAll(
    store,
    Array.from({ length: events }, (_, number) =>
      eventMessage(number, { detail: number % 7 === 0 ? "x".repeat(5_000) : { number } }),
    ),
  );
  const sent: JobMessage[] = [];
  const jobs = jobsOf(store, exportJob);
  const exportEvents = makeExportEvents({
    store,
    jobs,
    send: async (message) => void sent.push(message),
    link: async (key, seconds) => `https://lake.example/${key}?seconds=${seconds}`,
    now: () => Date.parse(ATTEMPT.time),
    ...more,
  });
  const finish = async (change: Partial<JobOf<typeof exportJob>>) => {
    const job = await jobs.read("demo", ATTEMPT.id);
    if (job) await jobs.save({ ...job, ...change });
  };
  return { exportEvents, sent, jobs, finish };
};

const textOf = (body: unknown): string => (body instanceof RawJson ? body.text : "");

describe("an export that fits an answer", () => {
  it("is answered as CSV with a name for the file that it is saved as", async () => {
    const { exportEvents, sent } = await setup();

    const { status, body, headers } = await exportEvents.export(QUERY, "csv", CALLER, ATTEMPT);

    expect(status).toBe(200);
    expect(headers).toEqual({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": 'attachment; filename="events-demo-2025-01-31.csv"',
      "x-content-type-options": "nosniff",
    });
    expect(textOf(body).split("\r\n")).toHaveLength(302);
    expect(sent).toEqual([]);
  });

  it("has every event whole, in order, with its salt, as NDJSON", async () => {
    const { exportEvents } = await setup();

    const { body } = await exportEvents.export(QUERY, "ndjson", CALLER, ATTEMPT);

    const events = textOf(body)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ eventId }) => eventId)).toEqual(
      Array.from({ length: 300 }, (_, number) => `event-${number}`),
    );
    expect(events.filter(({ detail }) => detail === undefined)).toEqual([]);
    expect(events[1]).toMatchObject({ detail: { number: 1 }, salt: eventMessage(1).salt });
  });

  it("of nothing is a header alone, or nothing", async () => {
    const { exportEvents } = await setup({}, 0);

    expect(textOf((await exportEvents.export(QUERY, "csv", CALLER, ATTEMPT)).body)).toMatch(
      /^eventId,.*\r\n$/,
    );
    expect(textOf((await exportEvents.export(QUERY, "ndjson", CALLER, ATTEMPT)).body)).toBe("");
  });
});

describe("an export that does not", () => {
  it("is a job, named by Location, as soon as the rows are too many bytes", async () => {
    const { exportEvents, sent, jobs } = await setup({ bytesMax: 10_000 });

    const answer = await exportEvents.export({ ...QUERY, customerId: "customer-1" }, "csv", CALLER, ATTEMPT);

    expect(answer).toEqual({
      status: 202,
      headers: { location: `/events/exports/${ATTEMPT.id}`, "retry-after": "2" },
      body: { id: ATTEMPT.id, status: "running", url: null, expiresAt: null, rows: 0 },
    });
    expect(sent).toEqual([{ organizationId: "demo", jobId: ATTEMPT.id }]);
    expect(await jobs.read("demo", ATTEMPT.id)).toMatchObject({
      userId: "alice",
      request: { format: "csv", query: { customerId: "customer-1" } },
    });
  });

  it("is a job when looking takes too long, even where nothing is found", async () => {
    let now = Date.parse(ATTEMPT.time);
    const { exportEvents } = await setup({
      now: () => {
        now += 15_000;
        return now;
      },
    });

    expect(await exportEvents.export({ ...QUERY, words: ["nowhere"] }, "csv", CALLER, ATTEMPT)).toMatchObject(
      { status: 202 },
    );
  });

  it("counts what JSON makes of quotes, which an answer of Lambda's doubles", async () => {
    const store = memoryTable();
    await appendAll(
      store,
      Array.from({ length: 60 }, (_, number) =>
        eventMessage(number, { detail: '"'.repeat(30_000), description: "quotes" }),
      ),
    );
    const { exportEvents } = await setup({ store }, 0);

    expect((await exportEvents.export(QUERY, "ndjson", CALLER, ATTEMPT)).status).toBe(202);
  });
});

describe("asking for an export", () => {
  const started = async () => {
    const all = await setup({ bytesMax: 1 });
    await all.exportEvents.export(QUERY, "ndjson", CALLER, ATTEMPT);
    return all;
  };

  it("links to the file once it is there, for 15 minutes from each request", async () => {
    const { exportEvents, finish } = await started();
    await finish({ state: "succeeded", result: { rows: 300 } });

    expect(await exportEvents.status(CALLER, ATTEMPT.id)).toEqual({
      status: 200,
      body: {
        id: ATTEMPT.id,
        status: "succeeded",
        url: `https://lake.example/exports/events/demo/${ATTEMPT.id}.ndjson?seconds=900`,
        expiresAt: "2025-01-31T12:15:00.000Z",
        rows: 300,
      },
    });
  });

  it("says how many rows the file has so far, and when to ask again", async () => {
    const { exportEvents, finish } = await started();
    await finish({ checkpoint: { uploadId: "upload", parts: [{ tag: "tag", crc32: "crc" }], rows: 120 } });

    expect(await exportEvents.status(CALLER, ATTEMPT.id)).toEqual({
      status: 200,
      headers: { "retry-after": "2" },
      body: { id: ATTEMPT.id, status: "running", url: null, expiresAt: null, rows: 120 },
    });
  });

  it("says why it failed", async () => {
    const { exportEvents, finish } = await started();
    await finish({ state: "failed", reason: "It rained." });

    expect(await exportEvents.status(CALLER, ATTEMPT.id)).toMatchObject({
      body: { status: "failed", url: null, reason: "It rained." },
    });
  });

  it.each([
    ["another user", { organizationId: "demo", userId: "bob" }, ATTEMPT.id],
    ["another organization", { organizationId: "other", userId: "alice" }, ATTEMPT.id],
    ["an unknown id", CALLER, "018f0000-0000-7000-8000-000000000002"],
    ["an id that is none", CALLER, "x".repeat(5_000)],
  ])("is as if it were not there for %s", async (_, caller, id) => {
    const { exportEvents } = await started();

    await expect(exportEvents.status(caller, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
