import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aLine, athenaOf, putLines, start } from "#local/aws/athena/testing/lake.ts";
import { startFunction } from "#local/testing/start-function.ts";

const watcher = await startFunction("logs-query-watcher");

const QUERY = "0199aa00-0000-7000-8000-000000000001";
const NEVER_ENDS = (() => {
  const many = `(values ${Array.from({ length: 100 }, (_, n) => n).join(", ")})`;
  return `select count(*) from ${many} a(x), ${many} b(x), ${many} c(x), ${many} d(x), ${many} e(x), ${many} f(x) where a.x * b.x + c.x > d.x - e.x * f.x`;
})();

/** A query of the organization's, as `POST /logs/queries` leaves it. */
const asked = async (organizationId: string, sql: string, more: Record<string, string | number> = {}) => {
  const athena = await athenaOf(watcher.port.url, { organization: organizationId });
  const executionId = await start(athena, organizationId, sql);
  await watcher.put("logs", [
    {
      pk: `${organizationId}#query#${QUERY}`,
      sk: "query",
      organizationId,
      queryId: QUERY,
      userId: "olga",
      readsEvents: 0,
      sql: "SELECT id FROM web",
      parameters: "[]",
      from: Date.parse("2026-05-05T00:00:00Z"),
      to: Date.parse("2026-05-06T00:00:00Z"),
      wide: 0,
      createdAt: new Date().toISOString(),
      executionId,
      starts: 1,
      version: 1,
      expiresAt: 4_000_000_000,
      ...more,
    },
  ]);
  return { organizationId, queryId: QUERY };
};

const rowOf = async (organizationId: string, kind: "query" | "scanned") =>
  (await watcher.rows("logs")).find(({ pk }) => pk.startsWith(`${organizationId}#${kind}`));

const watchToEnd = async (message: { organizationId: string; queryId: string }) => {
  for (;;) {
    expect(await watcher.deliver(message)).toEqual([]);
    const row = await rowOf(message.organizationId, "query");
    if (row?.ended !== undefined) return row;
    await sleep(50);
  }
};

const waiting = () => watcher.port.queues.depth("millrace-local-logs-queries").delayed;

describe("a watched query", () => {
  it("is looked at again while it runs, and not after it has ended", async () => {
    const message = await asked("again", NEVER_ENDS);
    const before = waiting();

    expect(await watcher.deliver(message)).toEqual([]);

    expect(waiting()).toBe(before + 1);
    await watcher.put("logs", [
      { ...(await rowOf("again", "query")), pk: `again#query#${QUERY}`, sk: "query", ended: "cancelled" },
    ]);
    expect(await watcher.deliver(message)).toEqual([]);
    expect(waiting()).toBe(before + 1);
  });

  it("has what it scanned added to its organization's day, once", async () => {
    await putLines(watcher.operator.s3, [aLine("bytes", "m-1", "2026-05-05T12:00:00Z")]);
    const message = await asked(
      "bytes",
      `select id from "millrace_local_logs"."web" where environment = 'local' and organization = 'bytes'`,
    );

    expect(await watchToEnd(message)).toMatchObject({ ended: "succeeded" });
    await watcher.deliver(message);

    const sum = await rowOf("bytes", "scanned");
    expect(sum).toMatchObject({ sk: new Date().toISOString().slice(0, 10), version: 1 });
    expect(sum?.bytes).toBeGreaterThan(0);
  });

  it("says why it failed", async () => {
    expect(await watchToEnd(await asked("fails", "select 1 / 0"))).toMatchObject({
      ended: "failed",
      error: expect.stringContaining("Division by zero"),
    });
  });
});

describe("failed", () => {
  it("goes back to the queue when Athena cannot be asked", async () => {
    const message = await asked("refused", "select 1");
    watcher.refuse("dynamodb:GetItem");

    expect(await watcher.deliver(message)).toEqual(["message-0"]);
  });

  it("keeps what is no message among the dead letters", async () => {
    expect(await watcher.deliver({ organizationId: "x" })).toEqual([]);
    expect(await watcher.deadLetters()).toMatchObject([{ code: "MESSAGE_INVALID" }]);
  });
});
