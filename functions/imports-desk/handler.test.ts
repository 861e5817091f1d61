import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deliveryBucket } from "#common/imports/delivery-bucket.ts";
import { chunkKey } from "#common/imports/import-keys.ts";
import type { ImportRecord } from "#common/imports/import-record.ts";
import { openLedger, toChunkItem } from "#common/imports/ledger.ts";
import { registerDelivery } from "#common/imports/register-import.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const desk = await startFunction("imports-desk");
const table = dynamodbTable("millrace-local-imports");
const ledger = openLedger(table);
const bucket = deliveryBucket("millrace-local-delivery");

const LIST = "GET /imports";
const ONE = "GET /imports/{id}";
const REJECTS = "GET /imports/{id}/rejects";
const CHANGES = "GET /imports/{id}/changes";
const POST = "POST /imports";
const DELETE = "DELETE /imports/{id}";

const as = (organizationId: string, roles = "imports.read imports.write") =>
  callerContext({ organizationId, userId: "ann", roles });

let files = 0;
const deliver = async (organizationId: string, change: Partial<ImportRecord> = {}) => {
  files += 1;
  const register = registerDelivery({ table, ledger, bucket, now: Date.now });
  const record = await register({ service: "transactions" }, organizationId, {
    key: `transactions/${organizationId}/file-${files}.csv`,
    versionId: "v1",
    bytes: 1_000,
    timeMs: Date.UTC(2026, 0, 1) + files,
  });
  return Object.keys(change).length === 0 ? record : ledger.move(record, change);
};

const counts = { rows: 3, accepted: 2, rejected: 1, added: 1, changed: 1, unchanged: 0, more: {} };
const completed = (): Partial<ImportRecord> => ({
  phase: "completed",
  counts,
  chunkCount: 1,
  chunksDone: 1,
  bytesRead: 1_000,
  endedAt: Date.now(),
  seconds: 2,
  announced: true,
});

const ask = (
  route: string,
  organizationId: string,
  more: { id?: string; query?: Record<string, string>; body?: unknown; roles?: string } = {},
) =>
  desk.ask({
    route,
    ...(more.id === undefined ? {} : { params: { id: more.id } }),
    ...(more.query ? { query: more.query } : {}),
    ...(more.body === undefined ? {} : { body: more.body }),
    authorizer: as(organizationId, more.roles),
  });

describe("GET /imports/{id}", () => {
  it("answers an import with its progress while it runs", async () => {
    const { importId } = await deliver("one");

    expect(await ask(ONE, "one", { id: importId })).toMatchObject({
      status: 200,
      json: {
        id: importId,
        service: "transactions",
        status: "running",
        source: "delivery",
        rows: 0,
        bytes: 1_000,
      },
    });
  });

  it("answers what came of one that has ended", async () => {
    const { importId } = await deliver("ended", completed());

    const { status, json } = await ask(ONE, "ended", { id: importId });

    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: "completed",
      rows: 3,
      accepted: 2,
      rejected: 1,
      seconds: 2,
      bytesRead: 1_000,
    });
    expect(json).not.toHaveProperty("secondsLeft");
  });

  it("is 404 for another organization, for what is not there and for what is no id", async () => {
    const { importId } = await deliver("mine");

    expect(await ask(ONE, "theirs", { id: importId })).toMatchObject({ status: 404 });
    expect(await ask(ONE, "mine", { id: "018f0000-0000-7000-8000-000000000000" })).toMatchObject({
      status: 404,
    });
    expect(await ask(ONE, "mine", { id: "x" })).toMatchObject({ status: 404 });
  });

  it("is 403 without the role", async () => {
    expect(await ask(ONE, "mine", { id: "x", roles: "transactions.read" })).toMatchObject({ status: 403 });
  });
});

describe("GET /imports", () => {
  it("lists the organization's imports, newest first, page by page", async () => {
    const made: string[] = [];
    for (let number = 0; number < 5; number += 1) made.push((await deliver("listed")).importId);
    await deliver("not-listed");

    const first = await ask(LIST, "listed", { query: { limit: "3" } });
    const { cursor } = first.json as { cursor: string };
    const second = await ask(LIST, "listed", { query: { limit: "3", cursor } });

    const ids = [first, second].flatMap(({ json }) =>
      (json as { items: { id: string }[] }).items.map(({ id }) => id),
    );
    expect(ids).toEqual(made.toReversed());
    expect(second.json).toMatchObject({ cursor: null });
  });

  it("filters by status", async () => {
    await deliver("filtered");
    const { importId } = await deliver("filtered", completed());

    expect(await ask(LIST, "filtered", { query: { status: "completed" } })).toMatchObject({
      status: 200,
      json: { items: [{ id: importId }], cursor: null },
    });
    expect(await ask(LIST, "filtered", { query: { status: "gone" } })).toMatchObject({ status: 400 });
  });
});

/** Rejects and differences of two chunks. */
const withRows = async (organizationId: string) => {
  const { importId } = await deliver(organizationId, completed());
  const state = {
    state: "loaded",
    rows: 1,
    rejected: 2,
    bytes: 10,
    batches: 1,
    announced: true,
    version: 1,
  } as const;
  for (const chunk of [0, 1]) {
    const differences = `differences/${importId}/${chunk}.ndjson`;
    await table.putAll([toChunkItem(importId, { ...state, chunk, differences })]);
    const lines = (rows: object[]) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const rejects = [1, 2].map((line) => ({
      line: chunk * 10 + line,
      raw: "=1,2",
      errors: [{ column: "amount", code: "AMOUNT_INVALID", message: "must be a number" }],
    }));
    const sk = chunkKey(importId, chunk).sk.slice("chunk#".length);
    await bucket.put(`rejects/${importId}/${sk}.ndjson`, lines(rejects), "application/x-ndjson");
    const fields = [{ name: "amount", before: null, after: "5.00" }];
    const change = { line: chunk, accountId: "A1", transactionId: "T1", verdict: "added", fields };
    await bucket.put(differences, lines([change]), "application/x-ndjson");
  }
  return importId;
};

describe("GET /imports/{id}/rejects", () => {
  it("lists rejected rows in the order of the file, page by page", async () => {
    const id = await withRows("rejects");

    const first = await ask(REJECTS, "rejects", { id, query: { limit: "3" } });
    const { cursor } = first.json as { cursor: string };
    const second = await ask(REJECTS, "rejects", { id, query: { limit: "3", cursor } });

    expect(first.json).toMatchObject({ items: [{ line: 1 }, { line: 2 }, { line: 11 }] });
    expect(second.json).toMatchObject({
      items: [{ line: 12, raw: "=1,2", errors: [{ column: "amount", code: "AMOUNT_INVALID" }] }],
      cursor: null,
    });
  });

  it("gives all as CSV, with a guard before what a spreadsheet takes for a formula", async () => {
    const id = await withRows("rejects-csv");

    const {
      status,
      headers,
      text: body,
    } = await ask(REJECTS, "rejects-csv", { id, query: { format: "csv" } });

    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "text/csv; charset=utf-8" });
    expect(body.split("\r\n")[0]).toBe("line,column,code,message,raw");
    expect(body.split("\r\n")[1]).toBe(`1,amount,AMOUNT_INVALID,must be a number,"'=1,2"`);
  });

  it("is 404 for another organization", async () => {
    const id = await withRows("rejects-mine");

    expect(await ask(REJECTS, "theirs", { id })).toMatchObject({ status: 404 });
    expect(await ask(CHANGES, "theirs", { id })).toMatchObject({ status: 404 });
  });
});

describe("GET /imports/{id}/changes", () => {
  it("lists what a dry run would do, also as CSV", async () => {
    const id = await withRows("changes");

    expect(await ask(CHANGES, "changes", { id })).toMatchObject({
      status: 200,
      json: { items: [{ line: 0, accountId: "A1", verdict: "added" }, { line: 1 }], cursor: null },
    });
    expect((await ask(CHANGES, "changes", { id, query: { format: "csv" } })).text).toBe(
      "line,accountId,transactionId,verdict,field,before,after\r\n0,A1,T1,added,amount,,5.00\r\n1,A1,T1,added,amount,,5.00\r\n",
    );
  });
});

const NIGHT = "accountId,postedAt,amount,description,type\n";

describe("POST /imports", () => {
  const body = { service: "transactions", fileName: "night.csv", bytes: NIGHT.length };

  it("answers where to put the file, which must have that very length", async () => {
    const { status, json } = await ask(POST, "posted", { body });

    expect(status).toBe(201);
    const { id, upload, ...rest } = json as {
      id: string;
      upload: { url: string; method: string; headers: Record<string, string>; expiresAt: string };
    };
    expect(rest).toMatchObject({
      status: "awaitingUpload",
      source: "upload",
      fileName: "night.csv",
      startedBy: "ann",
      file: `uploads/transactions/posted/${id}.csv`,
    });
    expect(Date.parse(upload.expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
    const query = new URL(upload.url).searchParams;
    expect(query.get("X-Amz-SignedHeaders")).toBe("content-length;host");
    expect(query.get("X-Amz-Expires")).toBe("900");
    expect([...query.keys()].filter((name) => name.includes("checksum"))).toEqual([]);
    const put = await fetch(upload.url, { method: "PUT", headers: upload.headers, body: NIGHT });
    expect(put.status).toBe(200);
    const stored = await desk.file("delivery", `uploads/transactions/posted/${id}.csv`);
    expect(createHash("sha256").update(stored).digest("hex")).toBe(
      createHash("sha256").update(NIGHT).digest("hex"),
    );
  });

  it("keeps the ending of a packed file, and records who announced it by ids alone", async () => {
    const { json } = await ask(POST, "packed", { body: { ...body, fileName: "my night.csv.gz" } });

    expect((json as { file: string }).file).toMatch(/\.csv\.gz$/);
    const [audit] = await desk.sent("events-audit");
    expect(JSON.stringify(audit)).toContain("import_announced");
    expect(JSON.stringify(audit)).not.toContain("my night");
  });

  it("is 400 for a name that is no CSV, an unknown service, options or parent", async () => {
    const faulty = [
      { ...body, fileName: "night.xlsx" },
      { ...body, service: "groups" },
      { ...body, bytes: -1 },
      { ...body, options: { sheet: 1 } },
      { ...body, parentImport: "018f0000-0000-7000-8000-000000000000" },
    ];
    for (const one of faulty) expect(await ask(POST, "faulty", { body: one })).toMatchObject({ status: 400 });
  });

  it("is 403 without the role", async () => {
    expect(await ask(POST, "posted", { body, roles: "imports.read" })).toMatchObject({ status: 403 });
  });
});

describe("DELETE /imports/{id}", () => {
  it("cancels what runs, and is 202 once and then 409", async () => {
    const { importId: id } = await deliver("cancelled");

    expect(await ask(DELETE, "cancelled", { id })).toMatchObject({
      status: 202,
      json: { id, status: "reverting" },
    });
    expect(await desk.sent("transactions-reverts")).toEqual([{ importId: id, action: "cancel" }]);
    expect(await ask(DELETE, "cancelled", { id })).toMatchObject({
      status: 409,
      json: { code: "IMPORT_ENDED" },
    });
  });

  it("cancels an awaited upload at once", async () => {
    const body = { service: "transactions", fileName: "night.csv", bytes: 1 };
    const { json } = await ask(POST, "awaited", { body });
    const { id } = json as { id: string };

    expect(await ask(DELETE, "awaited", { id })).toMatchObject({
      status: 202,
      json: { status: "cancelled" },
    });
  });

  it("undoes a completed one for 30 days, and is 409 after that and the second time", async () => {
    const { importId: id } = await deliver("undone", completed());
    const { importId: old } = await deliver("undone", {
      ...completed(),
      endedAt: Date.now() - 31 * 86_400_000,
    });
    const query = { undo: "true" };

    expect(await ask(DELETE, "undone", { id, query })).toMatchObject({
      status: 202,
      json: { status: "reverting" },
    });
    expect(await ask(DELETE, "undone", { id, query })).toMatchObject({ status: 409 });
    expect(await ask(DELETE, "undone", { id: old, query })).toMatchObject({ status: 409 });
  });

  it("only asks what an undo would do with dryRun=true", async () => {
    const { importId: id } = await deliver("rehearsed", completed());

    expect(await ask(DELETE, "rehearsed", { id, query: { undo: "true", dryRun: "true" } })).toMatchObject({
      status: 202,
      json: { status: "completed" },
    });
    expect(await desk.sent("transactions-reverts")).toEqual([{ importId: id, action: "rehearse" }]);
    expect(await ask(DELETE, "rehearsed", { id, query: { dryRun: "true" } })).toMatchObject({ status: 400 });
  });

  it("is 409 for one that is completed, failed or a dry run that ended", async () => {
    for (const change of [completed(), { phase: "failed" } as const, { ...completed(), dryRun: true }]) {
      const { importId: id } = await deliver("ended-all", change);
      expect(await ask(DELETE, "ended-all", { id })).toMatchObject({ status: 409 });
      if (change.phase === "failed" || "dryRun" in change) {
        expect(await ask(DELETE, "ended-all", { id, query: { undo: "true" } })).toMatchObject({
          status: 409,
        });
      }
    }
  });

  it("is 404 for another organization, and 403 without the role", async () => {
    const { importId: id } = await deliver("delete-mine");

    expect(await ask(DELETE, "theirs", { id })).toMatchObject({ status: 404 });
    expect(await ask(DELETE, "delete-mine", { id, roles: "imports.read" })).toMatchObject({ status: 403 });
    expect((await ledger.read(id))?.phase).toBe("chunking");
  });
});
