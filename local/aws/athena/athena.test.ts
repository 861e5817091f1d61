import {
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { DeleteObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daysOf, relationQuery } from "#common/logs/query/relations.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import { type Clients, clientsFor, startTestPort, type TestPort } from "../testing/port.ts";
import { aLine, athenaOf, DATABASE, ended, LAKE, putLines, query, sessionOf, start } from "./testing/lake.ts";

const FROM = Date.parse("2026-11-20T00:00:00.000Z");
const HOUR_MS = 3_600_000;

const relation = (organizationId: string, from = FROM, to = FROM + 24 * HOUR_MS) =>
  relationQuery({
    environment: "local",
    organizationId,
    logType: "web",
    range: { from, to },
    days: daysOf({ from, to }).map((day) => ({ day, generation: 0, raw: true })),
  });

const at = (hour: number) => new Date(FROM + hour * HOUR_MS).toISOString();

describe("the local Athena", () => {
  let port: TestPort;
  let operator: Clients;
  beforeAll(async () => {
    port = await startTestPort({ declarations: loadDeclarations("functions") });
    operator = clientsFor(port.url);
    for (const organization of ["demo", "other"]) {
      await putLines(operator.s3, [
        aLine(organization, "m-1", at(1), { server: `${organization}-1` }),
        aLine(organization, "m-2", at(5), { server: null, success: false }),
        aLine(organization, "m-2", at(5), { receivedAt: at(6) }),
        aLine(organization, "m-3", at(30)),
      ]);
    }
  });
  afterAll(() => port.close());

  it("answers a relation's messages, each id once, with times and rows", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });

    const { state, rows, header } = await query(
      athena,
      "demo",
      `with web as (${relation("demo")}) select id, "time", success, server, events[1].detail, cast(events as json) from web order by id`,
    );

    expect(state).toBe("SUCCEEDED");
    expect(header).toEqual(["id", "time", "success", "server", "detail", "_col5"]);
    const events =
      '[{"action":"received request","description":"on web","detail":"{\\"path\\":\\"/\\"}","caller":null,"server":null,"success":true,"time":null,"transactionid":null,"type":null,"extra":null}]';
    expect(rows).toEqual([
      ["m-1", "2026-11-20 01:00:00.000", "true", "demo-1", '{"path":"/"}', events],
      ["m-2", "2026-11-20 05:00:00.000", "false", null, '{"path":"/"}', events],
    ]);
  });

  it("reads only the folders of the hours that are asked for, and says how many bytes", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const hour = await query(
      athena,
      "demo",
      `select count(*) from (${relation("demo", FROM, FROM + 2 * HOUR_MS)})`,
    );
    const day = await query(athena, "demo", `select count(*) from (${relation("demo")})`);

    expect(hour.rows).toEqual([["1"]]);
    expect(day.rows).toEqual([["2"]]);
    expect(hour.scanned).toBeGreaterThan(0);
    expect(hour.scanned).toBeLessThan(day.scanned ?? 0);
  });

  it("opens no other organization's folder, nor one of stored events, to a session that is not theirs", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const from = `from "${DATABASE}"."web" where environment = 'local'`;

    for (const sql of [
      `select * ${from} and organization = 'other'`,
      `select * ${from} and organization in ('demo', 'other')`,
      `select * from "${DATABASE}"."events" where environment = 'local' and organization = 'demo'`,
      `select * from "${DATABASE}"."web_compacted" where environment = 'local' and organization = 'other'`,
    ]) {
      expect(await query(athena, "demo", sql), sql).toMatchObject({
        state: "FAILED",
        reason: expect.stringContaining("Access Denied"),
      });
    }
    expect(await query(athena, "demo", `select * ${from}`)).toMatchObject({
      state: "FAILED",
      reason: expect.stringContaining("CONSTRAINT_VIOLATION"),
    });
    const reader = await athenaOf(port.url, { organization: "demo", events: "read" });
    expect(
      await query(
        reader,
        "demo",
        `select * from "${DATABASE}"."events" where environment = 'local' and organization = 'demo'`,
      ),
    ).toMatchObject({ state: "SUCCEEDED" });
  });

  it("keeps results of others, and lets no session write or read outside of its folder", async () => {
    const demo = await athenaOf(port.url, { organization: "demo" });
    const other = await athenaOf(port.url, { organization: "other" });
    const { id } = await query(demo, "demo", "select 1");

    await expect(other.send(new GetQueryResultsCommand({ QueryExecutionId: id }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    await expect(start(other, "demo", "select 1")).rejects.toMatchObject({ name: "AccessDeniedException" });
    const s3 = new S3Client({
      ...(await sessionOf(port.url, { organization: "other" })),
      forcePathStyle: true,
    });
    const Key = `results/organization=demo/${id}.csv`;
    await expect(s3.send(new GetObjectCommand({ Bucket: LAKE, Key }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const traversal = "logs/environment=local/organization=other/../organization=demo/x";
    await expect(s3.send(new GetObjectCommand({ Bucket: LAKE, Key: traversal }))).rejects.toThrow();
  });

  it("takes values for ? that are literals, and nothing else", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const sql = `select id from (${relation("demo")}) where server = ? and success = ?`;

    expect((await query(athena, "demo", sql, ["'demo-1'", "true"])).rows).toEqual([["m-1"]]);
    expect((await query(athena, "demo", sql, ["'demo'' or 1=1 --'", "true"])).rows).toEqual([]);
    for (const value of ["'a' or true", "(select 1)", "web.server"]) {
      expect((await query(athena, "demo", sql, [value, "true"])).state, value).toBe("FAILED");
    }
    expect((await query(athena, "demo", sql, ["'a'"])).state).toBe("FAILED");
  });

  it("does a request with a token once", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const request = (QueryString: string) =>
      athena.send(
        new StartQueryExecutionCommand({
          QueryString,
          WorkGroup: "millrace-local-logs",
          ClientRequestToken: "t".repeat(32),
          ResultConfiguration: { OutputLocation: `s3://${LAKE}/results/organization=demo/` },
        }),
      );

    const [one, two] = [await request("select 1"), await request("select 1")];

    expect(two.QueryExecutionId).toBe(one.QueryExecutionId);
    await expect(request("select 2")).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it("pages results, and says null and empty text apart", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const ten = "(values 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)";
    const { id } = await query(
      athena,
      "demo",
      `select a.x + 10 * b.x + 100 * c.x as n, '' as empty, null as nothing, 'a "b", c' as quoted from ${ten} a(x), ${ten} b(x), ${ten} c(x) order by n`,
    );

    const first = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }));
    const second = await athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: first.NextToken }),
    );

    expect(first.ResultSet?.Rows).toHaveLength(1_000);
    expect(first.ResultSet?.Rows?.[1]?.Data).toEqual([
      { VarCharValue: "0" },
      { VarCharValue: "" },
      {},
      { VarCharValue: 'a "b", c' },
    ]);
    expect(second.ResultSet?.Rows?.map(({ Data }) => Data?.[0]?.VarCharValue)).toEqual(["999"]);
    expect(second.NextToken).toBeUndefined();
    await operator.s3.send(
      new DeleteObjectCommand({ Bucket: LAKE, Key: `results/organization=demo/${id}.csv` }),
    );
    await expect(athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))).rejects.toMatchObject({
      name: "InvalidRequestException",
    });
  });

  it("stops a query that runs, and kills its process", async () => {
    const athena = await athenaOf(port.url, { organization: "demo" });
    const many = `(values ${Array.from({ length: 100 }, (_, n) => n).join(", ")})`;
    const id = await start(
      athena,
      "demo",
      `select count(*) from ${many} a(x), ${many} b(x), ${many} c(x), ${many} d(x), ${many} e(x), ${many} f(x) where a.x + b.x * c.x > d.x * e.x - f.x`,
    );

    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));

    expect(await ended(athena, id)).toMatchObject({ state: "CANCELLED" });
    expect((await query(athena, "demo", "select 1")).rows).toEqual([["1"]]);
  });

  it("writes Parquet into a folder that has nothing, and reads it as the compacted table", async () => {
    const operatorAthena = new (await import("@aws-sdk/client-athena")).AthenaClient({
      endpoint: port.url,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    const folder = `s3://${LAKE}/compacted/environment=local/organization=demo/logtype=web/year=2026/month=11/day=20/generation=1/`;
    const columns =
      'id, "time", senttime, receivedat, transactionid, success, "schema", server, events, extra, hour';
    const unload = `UNLOAD (SELECT ${columns} FROM "${DATABASE}"."web" WHERE environment = 'local' AND organization = 'demo' AND year = 2026 AND month = 11 AND day = 20) TO '${folder}' WITH (format = 'PARQUET', compression = 'ZSTD')`;

    expect(await query(operatorAthena, "demo", unload)).toMatchObject({ state: "SUCCEEDED" });
    expect(await query(operatorAthena, "demo", unload)).toMatchObject({
      state: "FAILED",
      reason: expect.stringContaining("HIVE_PATH_ALREADY_EXISTS"),
    });

    const athena = await athenaOf(port.url, { organization: "demo" });
    const range = { from: FROM, to: FROM + 24 * HOUR_MS };
    const counted = (raw: boolean, columnsOf: string) =>
      query(
        athena,
        "demo",
        `select ${columnsOf} from (${relationQuery({ environment: "local", organizationId: "demo", logType: "web", range, days: [{ day: "2026-11-20", generation: 1, raw }] })})`,
      );
    expect(await counted(true, "count(*)")).toMatchObject({
      state: "SUCCEEDED",
      reason: undefined,
      rows: [["2"]],
    });
    const settled = await counted(false, "count(*), count_if(success)");
    const wide = await counted(false, "max(cast(events as json))");
    // What is settled was folded by the compaction, which this UNLOAD did not do.
    expect(settled.rows[0]?.[0]).toBe("3");
    expect(settled.scanned).toBeLessThan(wide.scanned ?? 0);
  });
});
