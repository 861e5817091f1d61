import { describe, expect, it } from "vitest";
import { eventKey } from "#common/events/keys.ts";
import { appendAll } from "#common/events/testing/append-all.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { verificationJob } from "#common/events/verify/verify-history.ts";
import type { JobOf } from "#common/jobs/job.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import type { JobMessage } from "#common/jobs/start-job.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { makeVerifyEvents } from "./verify-events.ts";

const CALLER = { organizationId: "demo", userId: "alice" };
const ATTEMPT = { id: "018f0000-0000-7000-8000-000000000001" };

const setup = async ({ stepMs = 0 } = {}) => {
  const store = memoryTable();
  await appendAll(
    store,
    Array.from({ length: 100 }, (_, number) => eventMessage(number)),
  );
  const sent: JobMessage[] = [];
  const jobs = jobsOf(store, verificationJob);
  let now = Date.UTC(2025, 0, 31);
  const verifyEvents = makeVerifyEvents({
    anchorOf: async () => null,
    store,
    jobs,
    send: async (message) => void sent.push(message),
    now: () => {
      now += stepMs;
      return now;
    },
  });
  const finish = async (change: Partial<JobOf<typeof verificationJob>>) => {
    const job = await jobs.read("demo", ATTEMPT.id);
    if (job) await jobs.save({ ...job, ...change });
  };
  return { store, verifyEvents, sent, finish };
};

describe("verifying", () => {
  it("answers at once that all is as it was, and how much that is", async () => {
    const { verifyEvents, sent } = await setup();

    expect(await verifyEvents.verify(CALLER, ATTEMPT)).toEqual({
      status: 200,
      body: { valid: true, checked: 100, anchor: null },
    });
    expect(sent).toEqual([]);
  });

  it("names the first event that is not, as readers see it too", async () => {
    const { verifyEvents, store } = await setup();
    store.tamper(eventKey("demo", "event-7"), (item) => ({ ...item, description: "other" }));

    expect(await verifyEvents.verify(CALLER, ATTEMPT)).toMatchObject({
      status: 200,
      body: { valid: false, brokenAt: { eventId: "event-7", kind: "list" } },
    });
  });

  it("becomes a job when it takes more than 20 seconds", async () => {
    const { verifyEvents, sent, finish } = await setup({ stepMs: 11_000 });

    const answer = await verifyEvents.verify(CALLER, ATTEMPT);

    expect(answer).toEqual({
      status: 202,
      headers: { location: `/events/verifications/${ATTEMPT.id}`, "retry-after": "2" },
      body: { id: ATTEMPT.id, status: "running", valid: null, checked: 0, anchor: null },
    });
    expect(sent).toEqual([{ organizationId: "demo", jobId: ATTEMPT.id }]);
    await finish({ state: "succeeded", result: { valid: true, checked: 100, anchor: null } });
    expect(await verifyEvents.status(CALLER, ATTEMPT.id)).toEqual({
      status: 200,
      body: { id: ATTEMPT.id, status: "succeeded", valid: true, checked: 100, anchor: null },
    });
  });

  it("answers why a job failed, to the caller who started it alone", async () => {
    const { verifyEvents, finish } = await setup({ stepMs: 11_000 });
    await verifyEvents.verify(CALLER, ATTEMPT);
    await finish({ state: "failed", reason: "It rained." });

    expect(await verifyEvents.status(CALLER, ATTEMPT.id)).toMatchObject({
      body: { status: "failed", valid: null, reason: "It rained." },
    });
    await expect(verifyEvents.status({ ...CALLER, userId: "bob" }, ATTEMPT.id)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
