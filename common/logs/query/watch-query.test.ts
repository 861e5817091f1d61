import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import type { ExecutionStatus } from "./lake-engine.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { type AskedQuery, askedQueries } from "./query-rows.ts";
import { scannedBytes } from "./scanned.ts";
import { fakeEngine } from "./testing/fake-engine.ts";
import { watchQuery } from "./watch-query.ts";

const NOW = Date.parse("2026-05-05T12:00:00.000Z");
const GB = 1_000_000_000;

const running = (more: Partial<ExecutionStatus> = {}): ExecutionStatus => ({
  state: "running",
  scannedBytes: 0,
  runMs: 0,
  ...more,
});

const setup = async (statuses: ExecutionStatus[], more: Partial<AskedQuery> = {}) => {
  const table = memoryTable();
  const now = () => NOW;
  const queries = askedQueries(table, now);
  const query: AskedQuery = {
    organizationId: "demo",
    queryId: "0199aa00-0000-7000-8000-000000000001",
    userId: "olga",
    readsEvents: false,
    sql: "SELECT id FROM web",
    parameters: [],
    from: NOW - 3_600_000,
    to: NOW,
    wide: false,
    createdAt: new Date(NOW).toISOString(),
    executionId: "execution-0",
    starts: 1,
    version: 1,
    ...more,
  };
  await queries.add(query);
  const fake = fakeEngine(() => statuses.shift() ?? running());
  const deps = {
    environment: "local",
    table,
    engines: async () => fake.engine,
    queries,
    scanned: scannedBytes({ table, now }),
    limits: DEFAULT_LIMITS,
    now,
  };
  const bytes = () => table.items().find(({ pk }) => pk === "demo#scanned")?.bytes;
  return { ...fake, query, watch: () => watchQuery(deps, query), queries, bytes };
};

describe("a watched query", () => {
  it.each<[string, Partial<AskedQuery>, Partial<ExecutionStatus>, string]>([
    ["more bytes than a query may scan", {}, { scannedBytes: 10 * GB + 1 }, "10000000000 bytes"],
    [
      "more bytes than a wide one may scan",
      { wide: true },
      { scannedBytes: 100 * GB + 1 },
      "100000000000 bytes",
    ],
    ["more than a minute", {}, { runMs: 60_001 }, "60 seconds"],
  ])("is stopped when it takes %s, and counts", async (_, more, status, reason) => {
    const { watch, stopped, queries, query, bytes } = await setup([running(status)], more);

    expect((await watch()).query).toMatchObject({ ended: "failed", error: expect.stringContaining(reason) });

    expect(stopped).toEqual(["execution-0"]);
    expect(await queries.find("demo", query.queryId)).toMatchObject({ ended: "failed" });
    expect(bytes()).toBe(status.scannedBytes);
  });

  it.each<[Partial<AskedQuery>, Partial<ExecutionStatus>]>([
    [{}, { scannedBytes: 10 * GB }],
    [{ wide: true }, { scannedBytes: 100 * GB }],
    [{}, { runMs: 60_000 }],
    [{}, { state: "queued" }],
  ])("%j goes on at %j", async (more, status) => {
    const { watch, stopped } = await setup([running(status)], more);

    expect((await watch()).query.ended).toBeUndefined();
    expect(stopped).toEqual([]);
  });

  const gone = running({ state: "failed", reason: "HIVE_CANNOT_OPEN_SPLIT: NoSuchKey", scannedBytes: 5 });

  it("begins again, as the days stand then, when an object was removed under it", async () => {
    const { watch, started, queries, query, bytes } = await setup([gone]);

    expect(await watch()).toMatchObject({
      execution: { state: "queued" },
      query: { executionId: "execution-1" },
    });

    expect(started).toEqual([
      {
        sql: expect.stringContaining('WITH "web" AS ('),
        parameters: [],
        token: `${query.queryId}-2`,
      },
    ]);
    expect(await queries.find("demo", query.queryId)).toMatchObject({
      starts: 2,
      executionId: "execution-1",
    });
    expect(bytes()).toBe(5);
  });

  it("fails when that happens for the third time, or for any other reason", async () => {
    const third = await setup([gone], { starts: 3 });
    expect((await third.watch()).query).toMatchObject({ ended: "failed", error: gone.reason });
    expect(third.started).toEqual([]);

    const other = await setup([running({ state: "failed", reason: "Division by zero" })]);
    expect((await other.watch()).query).toMatchObject({ ended: "failed", error: "Division by zero" });
  });

  it("counts once, however many look at its end at the same time", async () => {
    const done = running({ state: "succeeded", scannedBytes: 7 });
    const { watch, bytes } = await setup([done, done, done]);

    const seen = await Promise.all([watch(), watch(), watch()]);

    expect(seen.map(({ query }) => query.ended)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(bytes()).toBe(7);
  });
});
