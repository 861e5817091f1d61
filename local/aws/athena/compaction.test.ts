import { AthenaClient } from "@aws-sdk/client-athena";
import { afterAll, beforeAll, expect, it } from "vitest";
import { untouched } from "#common/logs/compaction/day.ts";
import { checkStatement, unloadStatement } from "#common/logs/compaction/generation-sql.ts";
import { daysOf, relationQuery } from "#common/logs/query/relations.ts";
import { loadDeclarations } from "#common/manifest/load.ts";
import { clientsFor, startTestPort, type TestPort } from "../testing/port.ts";
import { aLine, LAKE, putLines, query } from "./testing/lake.ts";

const DAY = { organizationId: "demo", logType: "web", day: "2026-03-01" };
const PLACE = { bucket: LAKE, environment: "local" };

let port: TestPort;
let athena: AthenaClient;
beforeAll(async () => {
  port = await startTestPort({ declarations: loadDeclarations("functions") });
  athena = new AthenaClient({
    endpoint: port.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterAll(() => port.close());

const run = async (sql: string) => {
  const { state, reason, rows } = await query(athena, "demo", sql);
  expect({ state, reason }).toEqual({ state: "SUCCEEDED" });
  return rows;
};

const shown = (generation: number, raw: boolean) => {
  const from = Date.parse(DAY.day);
  const range = { from, to: from + 86_400_000 };
  const days = daysOf(range).map((day) => ({ day, generation, raw }));
  return run(
    `SELECT id, server FROM (${relationQuery({ ...PLACE, organizationId: "demo", logType: "web", range, days })}) ORDER BY id`,
  );
};

it("compacts a day into generations that hold each id of an hour once, as it first came", async () => {
  const { s3 } = clientsFor(port.url);
  await putLines(s3, [
    aLine("demo", "a", "2026-03-01T01:00:00.000Z", {
      server: "second",
      receivedAt: "2026-03-01T01:00:09.000Z",
    }),
    aLine("demo", "a", "2026-03-01T01:00:00.000Z", {
      server: "first",
      receivedAt: "2026-03-01T01:00:05.000Z",
    }),
    aLine("demo", "b", "2026-03-01T02:00:00.000Z"),
    aLine("demo", "c", "2026-03-02T00:00:00.000Z"),
    aLine("other", "d", "2026-03-01T01:00:00.000Z"),
  ]);

  const first = { ...untouched, drawn: 1 };
  await run(unloadStatement(PLACE, DAY, first));
  expect(await run(checkStatement(PLACE, DAY, first))).toEqual([["2", "2", "2"]]);
  const expected = [
    ["a", "first"],
    ["b", "dspweb"],
  ];
  expect(await shown(1, true)).toEqual(expected);
  expect(await shown(1, false)).toEqual(expected);

  await putLines(s3, [aLine("demo", "e", "2026-03-01T03:00:00.000Z")], "late-1");
  const second = { ...first, generation: 1, drawn: 2 };
  expect(await run(checkStatement(PLACE, DAY, { ...second, drawn: 1 }))).toEqual([["2", "3", "2"]]);
  await run(unloadStatement(PLACE, DAY, second));
  expect(await run(checkStatement(PLACE, DAY, second))).toEqual([["3", "3", "3"]]);
  expect(await shown(2, false)).toEqual([...expected, ["e", "dspweb"]]);
});
