import { describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { createRequestLog } from "./index.ts";
import { keeping } from "./testing/keeping.ts";

const WEB = { logType: "web", organizationID: "demo", server: "dspweb", transactionId: "tx-1" };

describe("a log", () => {
  it("is one message with its events, in order, with their times", async () => {
    const { publish, messages } = keeping();
    let nowMs = Date.UTC(2026, 4, 5, 12);
    const log = createRequestLog({ publish, now: () => nowMs })(WEB);

    log.event("received request", "request received on web", { type: "request", detail: { path: "/" } });
    nowMs += 5;
    log.event("answered", "200", { type: "response", success: false });
    await log.end();

    expect(messages()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}\.1$/),
        organizationID: "demo",
        logType: "web",
        server: "dspweb",
        transactionId: "tx-1",
        time: "2026-05-05T12:00:00.000Z",
        events: [
          {
            time: "2026-05-05T12:00:00.000Z",
            action: "received request",
            description: "request received on web",
            type: "request",
            detail: { path: "/" },
          },
          {
            time: "2026-05-05T12:00:00.005Z",
            action: "answered",
            description: "200",
            type: "response",
            success: false,
          },
        ],
      },
    ]);
  });

  it("has an id of its own where none is given that can be one, and hands it to what is called", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })({ ...WEB, transactionId: "no id" });

    log.event("a", "b");
    await log.end();

    expect(log.transactionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(messages()[0]).toMatchObject({ transactionId: log.transactionId });
    expect(log.call("dspagw").headers).toEqual({ "x-transaction-id": log.transactionId });
  });

  it("writes an event as it was when it was put", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })(WEB);
    const detail = { state: "before" };

    log.event("a", "b", { detail });
    detail.state = "after";
    await log.end();

    expect(messages()[0]?.events[0]?.detail).toEqual({ state: "before" });
  });

  it("sends nothing when nothing was put", async () => {
    const { publish, messages } = keeping();
    const requestLog = createRequestLog({ publish });

    await requestLog(WEB).end();

    expect(messages()).toEqual([]);
    expect(requestLog.counts).toEqual({ published: 0, waiting: 0, refused: 0 });
  });

  it("sends what is put after its end, too", async () => {
    const { publish, messages } = keeping();
    const requestLog = createRequestLog({ publish });
    const log = requestLog(WEB);
    log.event("one", "");
    await log.end();

    log.event("two", "");
    log.event("three", "");
    await eventually(() => messages().length === 2);

    expect(messages()[1]).toMatchObject({
      transactionId: "tx-1",
      events: [{ action: "two" }, { action: "three" }],
    });
  });
});

describe("a call", () => {
  it("is an event that is put when it ends, with the time of its start", async () => {
    const { publish, messages } = keeping();
    let nowMs = Date.UTC(2026, 4, 5, 12);
    const log = createRequestLog({ publish, now: () => nowMs })(WEB);

    const call = log.call("dspagw", { detail: { path: "/balance" } });
    nowMs += 60;
    log.event("meanwhile", "");
    call.end({ success: false, detail: { status: 503 } });
    call.end();
    await log.end();

    expect(messages()[0]?.events).toEqual([
      expect.objectContaining({ action: "meanwhile" }),
      {
        time: "2026-05-05T12:00:00.000Z",
        action: "called dspagw",
        description: "called dspagw",
        type: "call",
        success: false,
        detail: { to: "dspagw", path: "/balance", status: 503, durationMs: expect.any(Number) },
      },
    ]);
  });

  it("that was not ended is put with the log", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })(WEB);

    log.call("dspagw");
    await log.end();

    expect(messages()[0]?.events).toMatchObject([
      { type: "call", detail: { to: "dspagw", unfinished: true } },
    ]);
  });
});

describe("around", () => {
  it("ends the log and answers what the function does", async () => {
    const { publish, messages } = keeping();

    const answer = await createRequestLog({ publish })(WEB).around(async (log) => {
      log.event("a", "b");
      return 7;
    });

    expect(answer).toBe(7);
    expect(messages()).toHaveLength(1);
  });

  it("ends the log when the function throws, and throws the same", async () => {
    const { publish, messages } = keeping();
    const error = new Error("no balance for 4111 1111 1111 1111");

    await expect(
      createRequestLog({ publish })(WEB).around(() => {
        throw error;
      }),
    ).rejects.toBe(error);

    expect(messages()[0]?.events).toMatchObject([
      {
        action: "failed",
        description: "Error: no balance for [masked]",
        type: "error",
        success: false,
        detail: { error: { name: "Error", message: "no balance for [masked]" } },
      },
    ]);
  });
});

describe("ids of messages", () => {
  it("are numbered for each organization without a gap, and never the same in two processes", async () => {
    const { publish, messages } = keeping();
    const requestLog = createRequestLog({ publish });
    for (let number = 0; number < 20; number += 1) {
      const log = requestLog({ ...WEB, organizationID: number % 2 === 0 ? "even" : "odd" });
      log.event("a", "b");
      await log.end();
    }
    await requestLog.flush(5_000);

    const senders = new Set<string>();
    for (const organization of ["even", "odd"]) {
      const ids = messages()
        .filter(({ organizationID }) => organizationID === organization)
        .map(({ id }) => id.split("."));
      expect(ids.map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      for (const [sender = ""] of ids) senders.add(sender);
    }
    expect(senders.size).toBe(2);
  });
});

describe("masking", () => {
  it("takes secrets out of events, and values of the keys that are named", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish, maskKeys: ["pin"] })(WEB);

    log.event("login 4111-1111-1111-1111", "Bearer abc.def", {
      detail: { password: "x", pin: 1234, deep: [{ customerPin: "1" }], path: "/" },
    });
    await log.end();

    expect(messages()[0]).toMatchObject({
      events: [
        {
          action: "login [masked]",
          description: "Bearer [masked]",
          detail: { password: "[masked]", pin: "[masked]", deep: [{ customerPin: "[masked]" }], path: "/" },
        },
      ],
    });
  });
});

describe("nothing that is passed in", () => {
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  let deep: unknown = "end";
  for (let level = 0; level < 5_000; level += 1) deep = [deep];
  const throws = {
    get value(): string {
      throw new Error("no");
    },
  };

  it.each([
    ["a circle", { detail: circle }, { detail: { name: "circle", self: "[circle]" } }],
    ["a big integer", { detail: { amount: 12n } }, { detail: { amount: "12" } }],
    ["an error", { detail: new RangeError("far") }, { detail: { name: "RangeError", message: "far" } }],
    ["what is no object", { detail: [1, 2] }, { detail: { value: [1, 2] } }],
    ["a false value", { detail: 0 }, { detail: { value: 0 } }],
    ["half a character", { detail: { text: "\ud800x" } }, { detail: { text: "\ufffdx" } }],
    ["a prototype", { detail: JSON.parse('{"__proto__":{"a":1}}') }, { detail: { proto: { a: 1 } } }],
    ["a getter that throws", { detail: throws }, { action: "unreadable" }],
    ["a time that is none", { time: "yesterday" }, { action: "unreadable" }],
    ["null", null, { action: "unreadable", description: "x" }],
  ])("throws: %s", async (_, options, expected) => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })(WEB);

    log.event("x", "y", options as object);
    await log.end();

    expect(messages()[0]?.events[0]).toMatchObject(expected);
  });

  it("is too deep for the platform when it leaves", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })(WEB);

    log.event("x", "y", { detail: { deep } });
    log.event("x", "y", { detail: { fits: JSON.parse(`${"[".repeat(60)}${"]".repeat(60)}`) } });
    await log.end();

    const depthOf = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    expect(depthOf(messages()[0])).toBeLessThan(100);
    expect(JSON.stringify(messages()[0]?.events[1])).not.toContain("deep");
  });

  it("is longer than the platform takes when it leaves", async () => {
    const { publish, messages } = keeping();
    const log = createRequestLog({ publish })({ ...WEB, server: "s".repeat(200) });

    log.event("a".repeat(201), "d".repeat(4_001), { type: "t".repeat(101), server: "e".repeat(101) });
    log.event("", "");
    await log.end();

    expect(messages()[0]?.server).toHaveLength(100);
    const { action, description, type, server } = messages()[0]?.events[0] ?? {};
    expect([action, description, type, server].map((text) => String(text).length)).toEqual([
      200, 4_000, 100, 100,
    ]);
    expect(messages()[0]?.events[1]?.action).toBe("-");
  });

  it("makes creating a log throw", async () => {
    const { publish } = keeping();
    const requestLog = createRequestLog({ publish });

    for (const options of [undefined, null, {}, { server: 7, organizationID: {} }]) {
      const log = requestLog(options as never);
      log.event(undefined as never, Symbol("x") as never);
      await log.end();
    }

    expect(await requestLog.flush(5_000)).toBe(true);
  });
});
