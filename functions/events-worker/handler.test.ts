import { describe, expect, it } from "vitest";
import type { EventMessage } from "#common/events/event.ts";
import { exportJob, exportKey } from "#common/events/export/export-request.ts";
import type { EventQuery } from "#common/events/read/event-query.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { verificationJob } from "#common/events/verify/verify-history.ts";
import { newJob } from "#common/jobs/job.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const worker = await startFunction("events-worker");
const exports = jobsOf(dynamodbTable("millrace-local-jobs"), exportJob);
const verifications = jobsOf(dynamodbTable("millrace-local-jobs"), verificationJob);

const idOf = (number: number) => `018f0000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const ofAnn = (organizationId: string) => ({ jobId: idOf(1), organizationId, userId: "ann" });

/** Stores events as the persister does. */
const store = async (organizationId: string, count: number) => {
  const table = memoryTable();
  const events: EventMessage[] = Array.from({ length: count }, (_, number) =>
    eventMessage(number, { organizationId }),
  );
  await appendAll(table, events);
  await worker.put("events", table.items());
};
const startExport = async (organizationId: string) => {
  const query: EventQuery = { organizationId, types: [], words: [], order: "asc" };
  await exports.add(newJob({ ...ofAnn(organizationId), request: { query, format: "csv" } }, Date.now()));
  return { organizationId, jobId: idOf(1) };
};
const startVerification = async (organizationId: string) => {
  await verifications.add(newJob({ ...ofAnn(organizationId), request: {} }, Date.now()));
  return { organizationId, jobId: idOf(1) };
};

describe("an export", () => {
  it("becomes a file in the lake with a row for each event, and the job says so", async () => {
    await store("exported", 30);

    expect(await worker.deliver(await startExport("exported"))).toEqual([]);

    expect(await exports.read("exported", idOf(1))).toMatchObject({
      state: "succeeded",
      result: { rows: 30 },
    });
    const file = await worker.file("lake", exportKey("exported", idOf(1), "csv"));
    const rows = file.trimEnd().split("\r\n").slice(1);
    expect(rows.map((row) => row.split(",")[0])).toEqual(
      Array.from({ length: 30 }, (_, number) => `event-${number}`),
    );
  });

  it("is made once, however often its message comes", async () => {
    await store("repeated", 3);
    const message = await startExport("repeated");
    await worker.deliver(message);
    const before = await exports.read("repeated", idOf(1));

    expect(await worker.deliver(message)).toEqual([]);

    expect(await exports.read("repeated", idOf(1))).toEqual(before);
  });

  it("goes back to the queue with a pause when AWS refuses its file, and counts the attempt", async () => {
    await store("refused", 3);
    const message = await startExport("refused");
    const { delayed } = worker.port.queues.depth("millrace-local-events-jobs");
    worker.refuse("s3:PutObject");

    expect(await worker.deliver(message)).toEqual([]);

    expect(await exports.read("refused", idOf(1))).toMatchObject({
      state: "running",
      attempts: 1,
      heldUntil: 0,
    });
    expect(worker.port.queues.depth("millrace-local-events-jobs")).toMatchObject({ delayed: delayed + 1 });
    expect(worker.output().lines()).toContainEqual(
      expect.objectContaining({ level: "warn", message: "job attempt failed", organizationId: "refused" }),
    );
  });
});

describe("a verification", () => {
  it("comes to a verdict, and the job says so", async () => {
    await store("verified", 30);

    expect(await worker.deliver(await startVerification("verified"))).toEqual([]);

    expect(await verifications.read("verified", idOf(1))).toMatchObject({
      state: "succeeded",
      result: { valid: true, checked: 30 },
    });
  });

  it("says where a chain was altered", async () => {
    await store("altered", 30);
    const rows = await worker.rows("events");
    const block = rows.find(({ pk, sk }) => pk === "altered#chain#1-0" && sk !== "head");
    await worker.put("events", [{ ...block, hash: "altered" }]);

    await worker.deliver(await startVerification("altered"));

    expect(await verifications.read("altered", idOf(1))).toMatchObject({
      state: "succeeded",
      result: { valid: false, brokenAt: expect.anything() },
    });
  });
});

describe("none failed, nothing done", () => {
  it("is what a message of a job that is not there comes to", async () => {
    expect(await worker.deliver({ organizationId: "nobody", jobId: idOf(9) })).toEqual([]);

    expect(await worker.deadLetters()).toEqual([]);
    expect(await worker.sent("events-jobs")).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["{", "MESSAGE_NOT_JSON"],
    ['{"organizationId":"demo"}', "MESSAGE_INVALID"],
  ])("is what the message %s comes to", async (body, code) => {
    expect(await worker.deliver(body)).toEqual([]);

    expect(await worker.deadLetters()).toEqual([{ body, code }]);
  });
});

describe("failed", () => {
  it("sends the message back while another invocation holds the job", async () => {
    const message = await startExport("held");
    const job = await exports.read("held", idOf(1));
    if (!job) throw new Error("the job is not there");
    await exports.save({ ...job, holder: "another", heldUntil: Date.now() + 60_000 });

    expect(await worker.deliver(message)).toEqual(["message-0"]);

    expect(await exports.read("held", idOf(1))).toMatchObject({ holder: "another", attempts: 0 });
  });

  it("sends the message back when the table of jobs cannot be read", async () => {
    const message = await startExport("unread");
    worker.refuse("dynamodb:GetItem");

    expect(await worker.deliver(message)).toEqual(["message-0"]);
  });
});
