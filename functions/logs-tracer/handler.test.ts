import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import type { LogLine } from "#common/logs/line.ts";
import { aCall, aLine, aStoredEventLine, LINES_START_MS } from "#common/logs/testing/traced-lines.ts";
import { traceRowsOf } from "#common/logs/trace/trace-rows.ts";
import type { Item } from "#common/table/table.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const tracer = await startFunction("logs-tracer");
const route = "GET /logs/traces/{transactionId}";

const reader = (organizationId: string, roles = "logs.read") => callerContext({ organizationId, roles });

const ask = (organizationId: string, transactionId = "tx-1", roles?: string) =>
  tracer.ask({ route, params: { transactionId }, authorizer: reader(organizationId, roles) });

const JUST_NOW = Date.now() - 1_000 - LINES_START_MS;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** Puts lines as the transformer does. */
const keep = async (
  organizationID: string,
  lines: readonly LogLine[],
  change: (item: Item) => Item = (item) => item,
) => {
  for (const line of lines) {
    const own = { ...line, organizationID } as LogLine;
    const { items, object } = traceRowsOf(own, JSON.stringify(own));
    if (object) {
      await tracer.operator.s3.send(
        new PutObjectCommand({ Bucket: "millrace-local-lake", Key: object.key, Body: object.body }),
      );
    }
    await tracer.put("logs", items.map(change));
  }
};

/** Three servers, ten minutes ago: the gateway's clock is a minute fast, and core is silent. */
const threeServers = () => {
  const start = Date.now() - 600_000;
  const at = (ms: number) => new Date(start + ms).toISOString();
  const more = (ms: number) => ({ receivedAt: at(ms + 1_000) });
  const call = (to: string, ms: number, durationMs: number) => ({
    ...aCall(to, 0, durationMs),
    time: at(ms),
  });
  return [
    aLine("web", [{ time: at(0) }, call("gateway", 10, 80), { time: at(100) }], more(0)),
    aLine("gateway", [{ time: at(60_020) }, call("core", 60_030, 40), { time: at(60_080) }], more(60_000)),
  ];
};

describe(route, () => {
  describe("200", () => {
    it("shows the servers in one line of time, whose clock is wrong, and which is silent", async () => {
      await keep("three", threeServers());

      const { status, json } = await ask("three");

      expect(status).toBe(200);
      expect(json).toMatchObject({
        transactionId: "tx-1",
        complete: false,
        servers: [
          { server: "web", skewMs: 0 },
          { server: "gateway", skewMs: 60_000 },
        ],
        missing: [{ server: "core" }],
      });
      const events = json.events as { server: string; offsetMs: number; skewMs?: number }[];
      expect(events.map(({ server, offsetMs }) => [server, offsetMs])).toEqual([
        ["web", 0],
        ["web", 10],
        ["gateway", 20],
        ["gateway", 30],
        ["gateway", 80],
        ["web", 100],
      ]);
    });

    it("is complete two minutes after the last arrival", async () => {
      await keep("old", [aLine("web", [{ time: ago(200_000) }], { receivedAt: ago(130_000) })]);
      await keep("young", [aLine("web", [{ time: ago(200_000) }], { receivedAt: ago(60_000) })]);

      expect((await ask("old")).json.complete).toBe(true);
      expect((await ask("young")).json.complete).toBe(false);
    });

    it("shows a message that is too large for its row", async () => {
      const noise = Array.from({ length: 20_000 }, () => Math.random().toString(36)).join(" ");
      await keep("large", [aLine("web", [{ time: ago(1_000), detail: { noise } }])]);

      const { json } = await ask("large");

      expect(json.events).toMatchObject([{ detail: { noise } }]);
    });

    it("shows stored events to those who may read events, and records that they did", async () => {
      await keep("stored", [
        aStoredEventLine(JUST_NOW, { customerId: "crm:42" }),
        aLine("web", [{ time: ago(1_000) }]),
      ]);
      const roles = "logs.read events.read";

      const without = await ask("stored");
      expect(await tracer.sent("events-audit")).toEqual([]);
      const withEvents = await ask("stored", "tx-1", roles);

      expect((without.json.events as object[]).length).toBe(1);
      expect((withEvents.json.events as object[]).length).toBe(2);
      expect(await tracer.sent("events-audit")).toMatchObject([
        {
          organizationId: "stored",
          type: "audit",
          description: `Read ${route}`,
          targets: [{ type: "customer", id: "crm:42" }],
        },
      ]);
    });

    it("shows as much as an answer takes, the first events, and is not complete then", async () => {
      const noise = "x".repeat(50_000);
      const lines = Array.from({ length: 150 }, (_, index) =>
        aLine("web", [{ time: ago(600_000 - index), detail: { index, noise } }]),
      );
      await keep("many", lines);

      const { status, json } = await ask("many");

      expect(status).toBe(200);
      expect(json.complete).toBe(false);
      const shown = (json.events as { detail: { index: number } }[]).map(({ detail }) => detail.index);
      expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => index));
      expect(shown.length).toBeGreaterThan(100);
      expect(Buffer.byteLength(JSON.stringify(JSON.stringify(json)))).toBeLessThan(6_291_556);
    });
  });

  describe("400", () => {
    it.each(["x".repeat(101), "owner#trace#tx-1", "stats"])("is for what is no id: %s", async (id) => {
      expect((await ask("owner", id)).status).toBe(400);
    });
  });

  describe("404", () => {
    it("is what an unknown transaction, another organization's, and one that has expired get", async () => {
      await keep("owner", threeServers());
      await keep("expired", threeServers(), (item) => ({
        ...item,
        expiresAt: Math.floor(Date.now() / 1_000) - 1,
      }));

      expect((await ask("owner", "tx-2")).status).toBe(404);
      expect((await ask("stranger")).status).toBe(404);
      expect((await ask("expired")).status).toBe(404);
    });

    it("is what a trace of nothing but stored events gets without the role to read them", async () => {
      await keep("only-stored", [aStoredEventLine(JUST_NOW)]);

      expect((await ask("only-stored")).status).toBe(404);
      expect((await ask("only-stored", "tx-1", "logs.read events.read")).status).toBe(200);
    });
  });

  it("403: is what a caller without the role gets", async () => {
    expect((await ask("owner", "tx-1", "events.read")).status).toBe(403);
  });

  it("500: shows no stored events when the read cannot be recorded", async () => {
    await keep("unrecorded", [aStoredEventLine(JUST_NOW)]);
    tracer.refuse("sqs:SendMessage");

    const { status, json } = await ask("unrecorded", "tx-1", "logs.read events.read");

    expect(status).toBeGreaterThanOrEqual(500);
    expect(json).not.toHaveProperty("events");
  });
});
