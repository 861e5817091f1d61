import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { type System, startSystem } from "../testing/system.ts";

type Event = {
  server?: string;
  action: string;
  type?: string;
  time: string;
  offsetMs: number;
  gapMs: number;
  messageId: string;
  detail?: Record<string, unknown>;
};
type Trace = {
  complete: boolean;
  events: Event[];
  servers: { server: string; skewMs: number }[];
  missing: { server: string }[];
};

let system: System;
let token: string;

beforeAll(async () => {
  system = await startSystem({ settings: { OPERATOR_ORGANIZATION: "operator" } });
  token = await system.token(["admin"]);
});
afterAll(() => system.stop());

const traceOf = async (transactionId: string, reader = token) => {
  const { status, body } = await system.call(`GET /logs/traces/${transactionId}`, { token: reader });
  return status === 200 ? (body as Trace) : undefined;
};

/** The trace as soon as these servers are in it. */
const traceWith = (transactionId: string, ...servers: string[]) =>
  eventually(
    () => traceOf(transactionId),
    (trace) => servers.every((server) => trace?.events.some((event) => event.server === server)),
    60_000,
  );

describe("POST /data with x-transaction-id", () => {
  it("shows generator and persister in one trace, in the order of their work", async () => {
    const { status } = await system.call("POST /data", {
      token,
      headers: { "x-transaction-id": "tx-data" },
      body: { informationOne: "aaa23" },
    });

    const trace = await traceWith("tx-data", "data-generator", "data-persister");

    expect(status).toBe(202);
    expect(trace?.events.map(({ server, action }) => `${server}: ${action}`)).toEqual(
      expect.arrayContaining([
        "data-generator: request received",
        "data-generator: request answered",
        "data-persister: batch processed",
      ]),
    );
    const servers = trace?.events.map(({ server }) => server) ?? [];
    expect(servers.indexOf("data-generator")).toBeLessThan(servers.indexOf("data-persister"));
    expect(trace).toMatchObject({ complete: false, missing: [] });
  });
});

describe("POST /events with x-transaction-id", () => {
  it("shows what was put on the bus", async () => {
    await system.call("POST /events", {
      token,
      headers: { "x-transaction-id": "tx-events" },
      body: { customerId: "c-1", type: "account_opened", description: "Savings account opened" },
    });

    const trace = await traceWith("tx-events", "events-recorder", "events-persister");

    expect(trace?.events.filter(({ type }) => type === "publish")).toMatchObject([
      { server: "events-persister", action: "published event_recorded", detail: { id: expect.any(String) } },
    ]);
  });
});

describe("POST /logs", () => {
  const post = (body: object) => system.call("POST /logs", { token, body });
  const start = Date.now() - 5_000;
  const at = (ms: number) => new Date(start + ms).toISOString();
  const message = (server: string, events: object[]) => ({
    logType: "web",
    transactionId: "tx-three",
    server,
    time: at(0),
    events: events.map((event) => ({ action: "did", description: "something", ...event })),
  });

  it("shows three servers, one a minute fast and one silent, within seconds", async () => {
    await post([
      message("gateway", [{ time: at(60_020) }, { time: at(60_080) }]),
      message("web", [
        { time: at(0) },
        { time: at(10), type: "call", detail: { to: "gateway", durationMs: 80 } },
        { time: at(95), type: "call", detail: { to: "core", durationMs: 4 } },
      ]),
    ]);

    const trace = await traceWith("tx-three", "web", "gateway");

    expect(trace?.events.map(({ server, offsetMs }) => [server, offsetMs])).toEqual([
      ["web", 0],
      ["web", 10],
      ["gateway", 20],
      ["gateway", 80],
      ["web", 95],
    ]);
    expect(trace?.servers).toEqual([
      { server: "web", skewMs: 0 },
      { server: "gateway", skewMs: 60_000 },
    ]);
    expect(trace?.missing).toMatchObject([{ server: "core" }]);
  });

  it("is 404 for another organization", async () => {
    const other = await system.token(["admin"], { organizationId: "other" });

    expect(await traceOf("tx-three", other)).toBeUndefined();
  });
});

describe("what carries messages", () => {
  it("writes none of itself: with no traffic the stream is silent", async () => {
    const { deliveryStreams, queues } = system.platform;
    const name = "millrace-local-logs";
    const isStill = () => {
      const { waiting, buffered } = deliveryStreams.depth(name);
      const { visible, inFlight } = queues.depth("millrace-local-logs-forwarder-invocations");
      return waiting + buffered + visible + inFlight === 0;
    };
    let stillTurns = 0;
    // Each message in a loop would come around within a second or two.
    await eventually(
      async () => {
        stillTurns = isStill() ? stillTurns + 1 : 0;
        await new Promise((next) => setTimeout(next, 100));
        return stillTurns;
      },
      (turns) => turns >= 60,
      90_000,
    );

    expect(stillTurns).toBe(60);
  });
});
