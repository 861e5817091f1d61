import { describe, expect, it } from "vitest";
import { exportJob, exportKey } from "#common/events/export/export-request.ts";
import { anEvent, storeEvents } from "#common/events/testing/histories.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const exporter = await startFunction("events-exporter");
const jobs = jobsOf(dynamodbTable("millrace-local-jobs"), exportJob);

const ann = (organizationId: string) =>
  callerContext({ organizationId, userId: "ann", roles: "events.read" });
const store = (organizationId: string, ids: string[], detail?: string) =>
  storeEvents(
    { putAll: (items) => exporter.put("events", items) },
    ids.map((id) => anEvent(id, { organizationId, ...(detail === undefined ? {} : { detail }) })),
  );
const exportEvents = (organizationId: string, query: Record<string, string | string[]> = {}) =>
  exporter.ask({ route: "GET /events/export", query, authorizer: ann(organizationId) });
const statusOf = (id: string, authorizer: Record<string, unknown>) =>
  exporter.ask({ route: "GET /events/exports/{id}", params: { id }, authorizer });

/** More than an answer may have, so that a job is started. */
const storeMany = (organizationId: string) =>
  store(
    organizationId,
    Array.from({ length: 90 }, (_, number) => `e-${number}`),
    "x".repeat(50_000),
  );

describe("GET /events/export", () => {
  describe("200", () => {
    it("answers the rows of the caller's organization that the filters leave, as CSV", async () => {
      await store("rows", ["e-1", "e-2"]);
      await store("others", ["e-3"]);

      const { status, headers, text } = await exportEvents("rows", {
        customerId: "customer-1",
        order: "desc",
      });

      expect(status).toBe(200);
      expect(headers).toMatchObject({
        "content-type": expect.stringMatching(/^text\/csv/),
        "content-disposition": expect.stringContaining('attachment; filename="'),
      });
      const rows = text.trimEnd().split("\r\n").slice(1);
      expect(rows.map((row) => row.split(",")[0])).toEqual(["e-2", "e-1"]);
    });

    it("answers NDJSON with what proves each event", async () => {
      await store("lines", ["e-1"]);

      const { headers, text } = await exportEvents("lines", { format: "ndjson" });

      expect(headers).toMatchObject({ "content-type": expect.stringContaining("application/x-ndjson") });
      expect(JSON.parse(text)).toMatchObject({ eventId: "e-1", salt: "AAAAAAAAAAAAAAAAAAAAAA" });
    });

    it("is recorded as a read, with the filters", async () => {
      await exportEvents("recorded", { type: "opened" });

      expect(await exporter.sent("events-audit")).toMatchObject([
        {
          organizationId: "recorded",
          actor: "ann",
          type: "audit",
          detail: { route: "GET /events/export", filters: { type: ["opened"], format: "csv" } },
        },
      ]);
    });
  });

  describe("202", () => {
    it("starts a job of the caller's, puts it on the queue and says where to ask for it", async () => {
      await storeMany("many");

      const { status, headers, json } = await exportEvents("many");

      expect(status).toBe(202);
      expect(json).toMatchObject({ status: "running", url: null, rows: 0 });
      expect(headers).toMatchObject({ location: `/events/exports/${json.id}`, "retry-after": "2" });
      expect(await exporter.sent("events-jobs")).toEqual([{ organizationId: "many", jobId: json.id }]);
      expect(await jobs.read("many", json.id)).toMatchObject({ state: "running", userId: "ann" });
    });
  });

  describe("400", () => {
    it("names a filter that cannot be, and records nothing", async () => {
      expect(await exportEvents("faults", { from: "2025-02-29T00:00:00Z" })).toMatchObject({
        status: 400,
        json: { code: "INPUT_INVALID", errors: [{ in: "query", path: "/from" }] },
      });
      expect(await exporter.sent("events-audit")).toEqual([]);
    });
  });

  describe("403", () => {
    it("is what a caller without the role gets, and records nothing", async () => {
      const authorizer = callerContext({ roles: "events.write" });

      expect(await exporter.ask({ route: "GET /events/export", authorizer })).toMatchObject({ status: 403 });
      expect(await exporter.sent("events-audit")).toEqual([]);
    });
  });

  describe("503", () => {
    it("shows nothing when the read cannot be recorded", async () => {
      await store("unrecorded", ["e-1"]);
      exporter.refuse("sqs:SendMessage");

      const { status, json, text } = await exportEvents("unrecorded");

      expect([status, json.code]).toEqual([503, "READ_NOT_RECORDED"]);
      expect(text).not.toContain("e-1");
    });
  });
});

describe("GET /events/exports/{id}", () => {
  const start = async (organizationId: string): Promise<string> => {
    await storeMany(organizationId);
    const { json } = await exportEvents(organizationId);
    return json.id;
  };

  describe("200", () => {
    it("says that the job is running, and when to ask again", async () => {
      const id = await start("running");

      const { status, headers, json } = await statusOf(id, ann("running"));

      expect([status, headers?.["retry-after"]]).toEqual([200, "2"]);
      expect(json).toEqual({ id, status: "running", url: null, expiresAt: null, rows: 0 });
    });

    it("links to the file when it is made, for fifteen minutes", async () => {
      const id = await start("made");
      const job = await jobs.read("made", id);
      if (!job) throw new Error("the job is not there");
      await jobs.save({ ...job, state: "succeeded", result: { rows: 90 } });

      const { headers, json } = await statusOf(id, ann("made"));

      expect(json).toMatchObject({ status: "succeeded", rows: 90 });
      expect(headers).not.toHaveProperty("retry-after");
      const url = new URL(json.url);
      expect(url.pathname).toContain(exportKey("made", id, "csv"));
      expect(url.searchParams.get("X-Amz-Expires")).toBe("900");
    });

    it("says why the job failed", async () => {
      const id = await start("failed");
      const job = await jobs.read("failed", id);
      if (!job) throw new Error("the job is not there");
      await jobs.save({ ...job, state: "failed", reason: "It came no further." });

      expect((await statusOf(id, ann("failed"))).json).toMatchObject({
        status: "failed",
        url: null,
        reason: "It came no further.",
      });
    });

    it("is not recorded as a read: asking how far one's own job is shows no event", async () => {
      const id = await start("asked");
      await exporter.sent("events-audit");

      await statusOf(id, ann("asked"));

      expect(await exporter.sent("events-audit")).toEqual([]);
    });
  });

  describe("404", () => {
    it("is what another user and another organization get", async () => {
      const id = await start("owned");
      const bob = callerContext({ organizationId: "owned", userId: "bob", roles: "events.read" });

      expect((await statusOf(id, bob)).status).toBe(404);
      expect((await statusOf(id, ann("not-owned"))).status).toBe(404);
      expect((await statusOf(id, ann("owned"))).status).toBe(200);
    });

    it.each(["x".repeat(2_000), "018f0000-0000-7000-8000-000000000001"])(
      "is what an id that no export has gets: %s",
      async (id) => {
        expect(await statusOf(id, ann("owned"))).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
      },
    );
  });
});
