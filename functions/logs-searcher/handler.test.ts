import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { callerContext } from "#common/testing/lambda-events.ts";
import { aLine, type Line, putLines } from "#local/aws/athena/testing/lake.ts";
import { startFunction } from "#local/testing/start-function.ts";

const searcher = await startFunction("logs-searcher");

const HOUR_MS = 3_600_000;
const NOON = Date.parse("2026-05-05T12:00:00.000Z");
const at = (ms: number): string => new Date(NOON + ms).toISOString();
const RANGE = { from: "2026-05-05", to: "2026-05-06" };

const as = (organizationId: string, roles = "logs.read", userId = "olga") =>
  callerContext({ organizationId, userId, roles });

type Query = Record<string, string | string[]>;
const search = async (organizationId: string, query: Query, roles?: string) => {
  const { status, json } = await searcher.ask({
    route: "GET /logs",
    query: { logType: "web", ...RANGE, ...query },
    authorizer: as(organizationId, roles),
  });
  return { status, body: json };
};
const stats = async (organizationId: string, query: Query, roles?: string) => {
  const { status, json } = await searcher.ask({
    route: "GET /logs/stats",
    query: { ...RANGE, ...query },
    authorizer: as(organizationId, roles),
  });
  return { status, body: json };
};
const post = (organizationId: string, body: unknown, authorizer = as(organizationId)) =>
  searcher.ask({ route: "POST /logs/queries", body, authorizer });
const show = (queryId: string, authorizer: Record<string, unknown>, query: Query = {}) =>
  searcher.ask({ route: "GET /logs/queries/{queryId}", params: { queryId }, query, authorizer });

const run = async (organizationId: string, body: Record<string, unknown>, roles = "logs.read") => {
  const asked = await post(organizationId, { ...RANGE, ...body }, as(organizationId, roles));
  expect(asked.status, JSON.stringify(asked.json)).toBe(202);
  for (;;) {
    const { json } = await show(asked.json.id, as(organizationId, roles));
    if (!["queued", "running"].includes(json.status)) return json;
    await sleep(50);
  }
};

const put = (lines: readonly Line[], name?: string) => putLines(searcher.operator.s3, lines, name);

const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

describe("GET /logs", () => {
  it("200: answers the messages as they were, newest first by time and id", async () => {
    const line = aLine("order", "m-2", at(0), { extra: { tenant: 7 }, caller: "x" });
    await put([aLine("order", "m-1", at(-HOUR_MS)), line, aLine("order", "m-3", at(0))]);

    const { status, body } = await search("order", {});

    expect(status).toBe(200);
    expect(body).toMatchObject({ cursor: null, searchedTo: "2026-05-05T00:00:00.000Z" });
    expect(body.bytesScanned).toBeGreaterThan(0);
    expect(ids(body)).toEqual(["m-3", "m-2", "m-1"]);
    expect(body.items[1]).toEqual({
      organizationID: "order",
      logType: "web",
      id: "m-2",
      time: at(0),
      receivedAt: at(0),
      transactionId: "tx-1",
      success: true,
      schema: 1,
      server: "dspweb",
      events: [{ action: "received request", description: "on web", detail: { path: "/" }, success: true }],
      extra: { tenant: 7 },
    });
  });

  it("200: narrows by transaction, server (an event's too), success and words of any case", async () => {
    await put([
      aLine("narrow", "m-1", at(0), { transactionId: "tx-2", server: "dspapp" }),
      aLine("narrow", "m-2", at(0), {
        success: false,
        events: [
          { action: "a", description: "Größe 50%_ off", server: "dspagw", success: false },
          { action: "b", description: "x", detail: { word: "Needle" }, success: true },
        ],
      }),
    ]);

    expect(ids((await search("narrow", { transactionId: "tx-2" })).body)).toEqual(["m-1"]);
    expect(ids((await search("narrow", { server: "dspagw" })).body)).toEqual(["m-2"]);
    expect(ids((await search("narrow", { success: "false" })).body)).toEqual(["m-2"]);
    expect(ids((await search("narrow", { q: "GRÖSSE" })).body)).toEqual([]);
    expect(ids((await search("narrow", { q: "grÖße  needle" })).body)).toEqual(["m-2"]);
    expect(ids((await search("narrow", { q: "50%_" })).body)).toEqual(["m-2"]);
    expect(ids((await search("narrow", { q: "5_%" })).body)).toEqual([]);
    expect(ids((await search("narrow", { q: "it's needle' or '1" })).body)).toEqual([]);
  });

  it("200: pages show what the first search found while messages arrive, and scan nothing", async () => {
    const lines = Array.from({ length: 45 }, (_, n) =>
      aLine("pages", `m-${String(n).padStart(3, "0")}`, at(n * 1000)),
    );
    await put(lines);
    const first = await search("pages", { limit: "1" });
    await put([aLine("pages", "m-new", at(44_500)), aLine("pages", "m-old", at(500))], "later");

    const seen = ids(first.body);
    let { cursor } = first.body;
    while (cursor !== null) {
      const { body } = await search("pages", { limit: "1", cursor });
      expect(body).toMatchObject({ bytesScanned: 0 });
      seen.push(...ids(body));
      cursor = body.cursor;
    }

    expect(seen).toEqual(lines.map(({ id }) => id).toReversed());
    expect(ids((await search("pages", { limit: "2" })).body)).toEqual(
      ["m-new", "m-044"].toSorted().toReversed(),
    );
  });

  it("200: a page ends at 4 MB, and the next one goes on behind it", async () => {
    const description = "x".repeat(900_000);
    const large = Array.from({ length: 6 }, (_, n) =>
      aLine("large", `m-${n}`, at(n * 1000), { events: [{ action: "a", description, success: true }] }),
    );
    await put(large);

    const one = await search("large", { limit: "100" });
    const two = await search("large", { limit: "100", cursor: one.body.cursor });

    expect(ids(one.body)).toEqual(["m-5", "m-4", "m-3", "m-2"]);
    expect(ids(two.body)).toEqual(["m-1", "m-0"]);
    expect(two.body.cursor).toBeNull();
  });

  it("200: a day's generation that counts is read beside what is raw, and alone once the day is settled", async () => {
    await put([aLine("days", "m-1", at(0))]);
    const item = { pk: "days#days#web", sk: "2026-05-05", version: 1, drawn: 1, writes: 0, erased: 0 };
    await searcher.put("logs", [{ ...item, generation: 1, settled: 0 }]);
    expect(ids((await search("days", {})).body)).toEqual(["m-1"]);

    await searcher.put("logs", [{ ...item, generation: 1, settled: 1 }]);
    expect(ids((await search("days", {})).body)).toEqual([]);
  });

  it.each<[Query, string]>([
    [{ logType: "nothing" }, "/logType"],
    [{ from: "yesterday" }, "/from"],
    [{ to: "2026-05-04" }, "/to"],
    [{ from: "2026-01-01" }, "/from"],
    [{ q: "%_ -" }, "/q"],
    [{ limit: "0" }, "/limit"],
    [{ success: "maybe" }, "/success"],
  ])("400: names what is wrong with %j", async (query, path) => {
    const { status, body } = await search("faults", query);

    expect(status).toBe(400);
    expect(body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
  });

  it("400: a cursor is good for its own filters and user alone", async () => {
    await put([aLine("cursors", "m-1", at(0)), aLine("cursors", "m-2", at(1))]);
    const { cursor } = (await search("cursors", { limit: "1" })).body;

    expect((await search("cursors", { cursor, q: "other" })).status).toBe(400);
    expect((await search("elsewhere", { cursor })).status).toBe(400);
    expect((await search("cursors", { cursor })).status).toBe(200);
  });

  it("403: stored events are shown only with events.read too", async () => {
    expect((await search("events", { logType: "events" })).status).toBe(403);
    expect((await search("events", { logType: "events" }, "logs.read events.read")).status).toBe(200);
    expect((await search("events", {}, "logs.write")).status).toBe(403);
  });

  it("200: a read of stored events is itself recorded, and no other", async () => {
    const roles = "logs.read events.read";
    await search("audit", {}, roles);
    await stats("audit", { groupBy: "hour", logType: "web" }, roles);
    await run("audit", { sql: "SELECT count(*) n FROM web" }, roles);
    expect(await searcher.sent("events-audit")).toEqual([]);

    await search("audit", { logType: "events" }, roles);
    await stats("audit", { groupBy: "hour" }, roles);
    await run("audit", { sql: "SELECT count(*) n FROM events" }, roles);

    expect(await searcher.sent("events-audit")).toMatchObject([
      { description: "Read GET /logs", actor: "olga", detail: { filters: { logType: "events" } } },
      { description: "Read GET /logs/stats" },
      {
        description: "Read POST /logs/queries",
        detail: { filters: { sql: "SELECT count(*) n FROM events" } },
      },
    ]);
  });
});

describe("GET /logs/stats", () => {
  it("200: the sums are the list's", async () => {
    await put([
      aLine("sums", "m-1", at(0)),
      aLine("sums", "m-1", at(0), { receivedAt: at(9) }),
      aLine("sums", "m-2", at(HOUR_MS), { success: false }),
      aLine("sums", "m-3", at(HOUR_MS), { server: undefined }),
      aLine("sums", "m-4", at(HOUR_MS), { logType: "app" }),
    ]);

    expect((await stats("sums", { groupBy: "hour" })).body).toEqual({
      items: [
        { key: "2026-05-05T12:00:00.000Z", count: 1 },
        { key: "2026-05-05T13:00:00.000Z", count: 3 },
      ],
    });
    expect((await stats("sums", { groupBy: ["day", "logType", "server", "success"] })).body).toEqual({
      groups: {
        day: [{ key: "2026-05-05", count: 4 }],
        logType: [
          { key: "web", count: 3 },
          { key: "app", count: 1 },
        ],
        server: [
          { key: "dspweb", count: 3 },
          { key: "", count: 1 },
        ],
        success: [
          { key: "true", count: 3 },
          { key: "false", count: 1 },
        ],
      },
    });
    expect((await stats("sums", { groupBy: "logType", logType: "web", success: "true" })).body).toEqual({
      items: [{ key: "web", count: 2 }],
    });
  });

  it("400 and 403: as the search", async () => {
    expect((await stats("sums", { groupBy: ["hour", "hour"] })).status).toBe(400);
    expect((await stats("sums", { groupBy: "action" })).status).toBe(400);
    expect((await stats("sums", { groupBy: "hour", logType: "events" })).status).toBe(403);
  });
});

describe("POST /logs/queries", () => {
  it("202, then the rows with their types", async () => {
    await put([aLine("sql", "m-1", at(0)), aLine("sql", "m-2", at(1), { server: undefined })]);
    const { delayed } = searcher.port.queues.depth("millrace-local-logs-queries");

    expect(
      await run("sql", {
        sql: 'SELECT id, "time" AS At, server, count(*) OVER () n, 1.5e0 half, success FROM web ORDER BY id;',
      }),
    ).toEqual({
      id: expect.any(String),
      status: "succeeded",
      columns: [
        { name: "id", type: "varchar" },
        { name: "at", type: "timestamp" },
        { name: "server", type: "varchar" },
        { name: "n", type: "bigint" },
        { name: "half", type: "double" },
        { name: "success", type: "boolean" },
      ],
      rows: [
        ["m-1", at(0), "dspweb", 2, 1.5, true],
        ["m-2", at(1), null, 2, 1.5, true],
      ],
      truncated: false,
      bytesScanned: expect.any(Number),
    });
    expect(searcher.port.queues.depth("millrace-local-logs-queries").delayed).toBe(delayed + 1);
  });

  it("202: own CTEs, rows of events, and the default range, which ends now", async () => {
    await put([aLine("ctes", "m-1", at(0))]);

    const { rows } = await run("ctes", {
      sql: "WITH mine AS (SELECT e.action, e.detail FROM web CROSS JOIN UNNEST(events) AS e) SELECT action, json_extract_scalar(detail, '$.path') path FROM mine",
    });

    expect(rows).toEqual([["received request", "/"]]);
    const asked = await post("ctes", { sql: "SELECT count(*) n FROM web" });
    expect(asked.status).toBe(202);
  });

  it("202: every named query runs, with its parameters and the columns that it says", async () => {
    await put([
      aLine("named", "m-1", at(0), {
        success: false,
        events: [{ action: "call", description: "", success: false, detail: { durationMs: 12 } }],
      }),
      aLine("named", "m-2", at(-2 * HOUR_MS), { server: "dspapp", logType: "app", transactionId: "tx-9" }),
    ]);
    const { json } = await searcher.ask({ route: "GET /logs/named-queries", authorizer: as("named") });
    const results: Record<string, unknown> = {};
    for (const { name, parameters, columns } of json.items) {
      const given = Object.fromEntries(
        parameters
          .filter(({ required }: { required: boolean }) => required)
          .map(({ name: parameter }: { name: string }) => [parameter, "tx-9"]),
      );
      const result = await run("named", { name, parameters: given });
      expect(result, name).toMatchObject({ status: "succeeded", columns });
      results[name] = result.rows;
    }

    expect(results).toMatchObject({
      "errors-by-server-and-hour": [["web", "dspweb", at(0), 1]],
      "slowest-actions": [["dspweb", "call", 1, 12, 12]],
      "one-transaction": [[at(-2 * HOUR_MS), "app", "dspapp", "m-2", true, expect.any(String)]],
      "messages-by-day": [
        ["2026-05-05T00:00:00.000Z", "app", 1, 0],
        ["2026-05-05T00:00:00.000Z", "web", 1, 1],
      ],
      "silent-servers": [["app", "dspapp", at(-2 * HOUR_MS), 120]],
    });
  });

  it.each([
    [{}, "INPUT_INVALID"],
    [{ sql: "SELECT 1", name: "messages-by-day" }, "INPUT_INVALID"],
    [{ name: "nothing" }, "INPUT_INVALID"],
    [{ name: "one-transaction" }, "INPUT_INVALID"],
    [{ name: "one-transaction", parameters: { transactionId: "t", more: 1 } }, "INPUT_INVALID"],
    [{ name: "silent-servers", parameters: { minutes: "5" } }, "INPUT_INVALID"],
    [{ sql: "SELECT 1", from: "2026-01-01", to: "2026-05-01" }, "INPUT_INVALID"],
    [{ sql: "SELECT 1", wide: true, from: "2024-01-01", to: "2026-05-01" }, "INPUT_INVALID"],
    [{ sql: "SELECT" }, "SQL_INVALID"],
    [{ sql: "SELECT ?" }, "SQL_INVALID"],
    [{ sql: "DROP TABLE web" }, "SQL_INVALID"],
    [{ sql: "SELECT 1; SELECT 2" }, "SQL_INVALID"],
    [{ sql: "SELECT * FROM events" }, "RELATION_UNKNOWN"],
    [{ sql: "SELECT * FROM web_compacted" }, "RELATION_UNKNOWN"],
  ])("400: %j is %s", async (body, code) => {
    expect(await post("refused", body)).toMatchObject({ status: 400, json: { code } });
    expect(await searcher.rows("logs")).not.toContainEqual(
      expect.objectContaining({ organizationId: "refused" }),
    );
  });

  it("429: nothing more is started on a day that has scanned all that it may", async () => {
    const day = new Date().toISOString().slice(0, 10);
    await searcher.put("logs", [
      { pk: "spent#scanned", sk: day, bytes: 200_000_000_000, version: 1, expiresAt: 4_000_000_000 },
    ]);

    const answer = await post("spent", { sql: "SELECT 1" });

    expect(answer).toMatchObject({ status: 429, json: { code: "SCAN_LIMIT_REACHED" } });
    expect((await stats("spent", { groupBy: "hour" })).status).toBe(429);
    expect((await search("spent", {})).status).toBe(429);
  });
});

describe("GET /logs/queries/{queryId}", () => {
  it("200: as CSV too", async () => {
    const { id } = await run("csv", { sql: "SELECT 'a;b' AS x, '=1+1' AS y, null AS z, -5 AS n, '-5' AS t" });

    const { status, text, headers } = await show(id, as("csv"), { format: "csv" });

    expect(status).toBe(200);
    expect(headers?.["content-type"]).toContain("text/csv");
    expect(text).toBe(`x,y,z,n,t\r\n"a;b",'=1+1,,-5,'-5\r\n`);
  });

  it("200: says that rows were left out", async () => {
    const ten = "(VALUES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)";
    const { rows, truncated } = await run("many", {
      sql: `SELECT a.x FROM ${ten} a(x), ${ten} b(x), ${ten} c(x), ${ten} d(x), (VALUES 0, 1) e(x)`,
    });

    expect(rows).toHaveLength(10_000);
    expect(truncated).toBe(true);
  });

  it("200: a query that the engine gave up has failed, with its reason", async () => {
    expect(await run("fails", { sql: "SELECT 1 / 0 AS x" })).toMatchObject({
      status: "failed",
      error: expect.stringContaining("Division by zero"),
      rows: [],
    });
  });

  it("404: is what other users, other organizations and other ids get", async () => {
    const { id } = await run("owned", { sql: "SELECT 1 AS x" });

    expect((await show(id, as("owned", "logs.read", "bob"))).status).toBe(404);
    expect((await show(id, as("others"))).status).toBe(404);
    expect((await show("0199aa00-0000-7000-8000-000000000000", as("owned"))).status).toBe(404);
    expect((await show("x", as("owned"))).status).toBe(404);
  });
});

describe("DELETE /logs/queries/{queryId}", () => {
  const cancel = (queryId: string, authorizer: Record<string, unknown>) =>
    searcher.ask({ route: "DELETE /logs/queries/{queryId}", params: { queryId }, authorizer });

  it("204: a cancelled query stays so; an ended one stays as it ended", async () => {
    const many = `(VALUES ${Array.from({ length: 100 }, (_, n) => n).join(", ")})`;
    const { json } = await post("cancel", {
      sql: `SELECT count(*) n FROM ${many} a(x), ${many} b(x), ${many} c(x), ${many} d(x), ${many} e(x), ${many} f(x) WHERE a.x * b.x + c.x > d.x - e.x * f.x`,
    });
    expect((await cancel(json.id, as("cancel", "logs.read", "bob"))).status).toBe(404);

    expect((await cancel(json.id, as("cancel"))).status).toBe(204);
    expect((await cancel(json.id, as("cancel"))).status).toBe(204);
    expect((await show(json.id, as("cancel"))).json).toMatchObject({ status: "cancelled" });
    const { id } = await run("cancel", { sql: "SELECT 1 AS x" });
    expect((await cancel(id, as("cancel"))).status).toBe(204);
    expect((await show(id, as("cancel"))).json).toMatchObject({ status: "succeeded" });
  });
});

describe("GET /logs/types", () => {
  it("200: lists the columns that the relations have", async () => {
    const { status, json } = await searcher.ask({ route: "GET /logs/types", authorizer: as("types") });

    expect(status).toBe(200);
    expect(json.cursor).toBeNull();
    for (const { name, columns } of json.items) {
      const result = await run("types", { sql: `SELECT * FROM ${name}` }, "logs.read events.read");
      expect(
        result.columns.map((column: { name: string }) => column.name),
        name,
      ).toEqual(columns.map((column: { name: string }) => column.name));
    }
  });
});
