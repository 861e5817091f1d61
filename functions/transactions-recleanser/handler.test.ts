import { describe, expect, it } from "vitest";
import { jobsOf } from "#common/jobs/jobs.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { recleansingJob } from "#common/transactions/cleansing/recleanse.ts";
import { startFunction } from "#local/testing/start-function.ts";

const VENDOR = { CLEANSER_URL: "https://vendor.example" };
const recleanser = await startFunction("transactions-recleanser", VENDOR);
const jobs = jobsOf(dynamodbTable("millrace-local-jobs"), recleansingJob);

const olga = (organizationId: string, roles = "admin") =>
  callerContext({ organizationId, userId: "olga", roles });
const post = (organizationId: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  recleanser.ask({ route: "POST /cleansings", body, headers, authorizer: olga(organizationId) });
const get = (organizationId: string, id: string, authorizer = olga(organizationId)) =>
  recleanser.ask({ route: "GET /cleansings/{id}", params: { id }, authorizer });

const job = async (organizationId: string, id: string) => {
  const found = await jobs.read(organizationId, id);
  if (!found) throw new Error("no such job");
  return found;
};

describe("POST /cleansings", () => {
  describe("202", () => {
    it("keeps what is asked for and queues it", async () => {
      const { status, json, headers } = await post("taken", {
        from: "2026-03-01",
        vendor: true,
        dryRun: true,
      });

      expect(status).toBe(202);
      expect(json).toEqual({ id: json.id, status: "running", rows: 0, rowsDone: 0, changed: 0 });
      expect(headers).toMatchObject({ location: `/cleansings/${json.id}`, "retry-after": "2" });
      expect(await recleanser.sent("transactions-cleansings")).toEqual([
        { organizationId: "taken", jobId: json.id },
      ]);
      expect((await job("taken", json.id)).request).toEqual({
        from: "2026-03-01T00:00:00.000Z",
        vendor: true,
        dryRun: true,
      });
    });

    it("cleanses all, by the rules alone, where nothing else is said", async () => {
      const { json } = await post("plain");

      expect((await job("plain", json.id)).request).toEqual({ vendor: false, dryRun: false });
    });

    it("starts the next one when the last one has ended, whatever became of it", async () => {
      for (const state of ["succeeded", "failed"] as const) {
        const { status, json } = await post("ended");
        expect(status).toBe(202);
        await jobs.save({ ...(await job("ended", json.id)), state });
      }
      expect((await post("ended")).status).toBe(202);
    });

    it("answers a repeat with the same Idempotency-Key as the first time", async () => {
      const first = await post("repeat", {}, { "Idempotency-Key": "k1" });
      const again = await post("repeat", {}, { "Idempotency-Key": "k1" });

      expect(again).toMatchObject({ status: 202, json: first.json });
      expect(await recleanser.sent("transactions-cleansings")).toHaveLength(1);
    });
  });

  describe("400", () => {
    it.each([
      [{ from: "yesterday" }, "/from"],
      [{ from: "2026-02-30" }, "/from"],
      [{ vendor: "yes" }, "/vendor"],
      [{ dryRun: 1 }, "/dryRun"],
      [{ organizationId: "other" }, "/organizationId"],
    ])("names what is wrong with %j and queues nothing", async (body, path) => {
      expect(await post("faults", body)).toMatchObject({ status: 400, json: { errors: [{ path }] } });
      expect(await recleanser.sent("transactions-cleansings")).toEqual([]);
    });

    it("refuses to ask a vendor where there is none", async () => {
      await recleanser.restart({});
      expect(await post("none", { vendor: true })).toMatchObject({
        status: 400,
        json: { errors: [{ in: "body", path: "/vendor" }] },
      });
      await recleanser.restart();
    });
  });

  describe("403", () => {
    it("is what a caller gets who is no admin", async () => {
      const authorizer = olga("forbidden", "transactions.read transactions.write");

      expect((await recleanser.ask({ route: "POST /cleansings", body: {}, authorizer })).status).toBe(403);
      expect((await get("forbidden", "x", authorizer)).status).toBe(403);
    });
  });

  describe("409", () => {
    it("is what a second one gets while the first is running, in the same organization alone", async () => {
      await post("busy");
      await recleanser.sent("transactions-cleansings");

      const second = await post("busy");

      expect(second).toMatchObject({ status: 409, json: { code: "CLEANSING_RUNNING" } });
      expect(second.headers).toMatchObject({ "retry-after": "2" });
      expect(await recleanser.sent("transactions-cleansings")).toEqual([]);
      expect((await post("idle")).status).toBe(202);
    });

    it("is what all but one get that come at the same moment", async () => {
      const all = await Promise.all(Array.from({ length: 5 }, () => post("race")));

      expect(all.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409]);
    });
  });
});

describe("409 of a cleansing that never began", () => {
  it("puts its message on the queue again", async () => {
    const { json } = await post("unbegun");
    await recleanser.sent("transactions-cleansings");
    const rows = await recleanser.rows("transactions");
    const current = rows.find(({ pk }) => pk === "unbegun#cleansings");
    await recleanser.put("transactions", [{ ...current, claimedAt: Date.now() - 61_000 }]);

    expect((await post("unbegun")).status).toBe(409);

    expect(await recleanser.sent("transactions-cleansings")).toEqual([
      { organizationId: "unbegun", jobId: json.id },
    ]);
  });
});

describe("GET /cleansings/{id}", () => {
  const done = { rows: 40, rowsDone: 10, changed: 4 };

  it("200: says how far it is, and when to ask again", async () => {
    const { json } = await post("progress");
    const running = await job("progress", json.id);
    const createdAt = new Date(Date.now() - 10_000).toISOString();
    await jobs.save({ ...running, createdAt, checkpoint: { ...done, counted: true } });

    const answer = await get("progress", json.id);

    expect(answer).toMatchObject({ status: 200, json: { id: json.id, status: "running", ...done } });
    expect(answer.json.secondsLeft).toBeGreaterThanOrEqual(30);
    expect(answer.json.secondsLeft).toBeLessThan(60);
    expect(answer.headers).toMatchObject({ "retry-after": "2" });
  });

  it("200: says how it ended", async () => {
    const { json } = await post("end");
    const result = { rows: 40, rowsDone: 40, changed: 7 };
    await jobs.save({ ...(await job("end", json.id)), state: "succeeded", result });

    const answer = await get("end", json.id);

    expect(answer.json).toEqual({ id: json.id, status: "completed", ...result });
    expect(answer.headers).not.toHaveProperty("retry-after");
  });

  it("200: says why it failed", async () => {
    const { json } = await post("failed");
    await jobs.save({ ...(await job("failed", json.id)), state: "failed", reason: "It came no further." });

    expect((await get("failed", json.id)).json).toMatchObject({
      status: "failed",
      reason: "It came no further.",
    });
  });

  it("200: is for every admin of the organization; 404 for those of others and of other ids", async () => {
    const { json } = await post("shared");
    const other = callerContext({ organizationId: "shared", userId: "otto", roles: "admin" });

    expect((await get("shared", json.id, other)).status).toBe(200);
    expect((await get("others", json.id)).status).toBe(404);
    expect((await get("shared", "01990000-0000-7000-8000-000000000000")).status).toBe(404);
    expect((await get("shared", "x".repeat(2_000))).status).toBe(404);
  });
});
