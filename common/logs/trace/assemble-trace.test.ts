import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogLine } from "../line.ts";
import { aCall, aLine, aStoredEventLine, at, LINES_START_MS } from "../testing/traced-lines.ts";
import { assembleTrace, type Trace } from "./assemble-trace.ts";

const LATER_MS = LINES_START_MS + 3_600_000;

const traceOf = (lines: readonly LogLine[], nowMs = LATER_MS) =>
  assembleTrace("tx-1", { lines, isCut: false }, nowMs);

const shown = ({ events }: Trace) => events.map(({ server, action, offsetMs }) => [server, action, offsetMs]);

describe("three servers, one a minute fast, one silent", () => {
  const lines = [
    aLine("gateway", [
      { action: "received", time: at(60_020) },
      aCall("core", 60_030, 40),
      { action: "answered", time: at(60_080) },
    ]),
    aLine("web", [
      { action: "received", time: at(0) },
      aCall("gateway", 10, 80),
      { action: "answered", time: at(100) },
    ]),
  ];

  it("stand in the order in which it happened", () => {
    expect(shown(traceOf(lines))).toEqual([
      ["web", "received", 0],
      ["web", "called gateway", 10],
      ["gateway", "received", 20],
      ["gateway", "called core", 30],
      ["gateway", "answered", 80],
      ["web", "answered", 100],
    ]);
  });

  it("say whose clock is wrong and by how much, and which server is missing", () => {
    const { events, servers, missing, complete } = traceOf(lines);

    expect(servers).toEqual([
      { server: "web", skewMs: 0 },
      { server: "gateway", skewMs: 60_000 },
    ]);
    expect(events.map(({ skewMs }) => skewMs)).toEqual([
      undefined,
      undefined,
      60_000,
      60_000,
      60_000,
      undefined,
    ]);
    expect(events[2]?.time).toBe(at(60_020));
    expect(missing).toEqual([{ server: "core", calledAt: at(60_030) }]);
    expect(complete).toBe(false);
  });

  it("are in the same order wherever their messages come from first", () => {
    expect(traceOf([...lines].reverse())).toEqual(traceOf(lines));
  });
});

describe("an event", () => {
  it("takes from its message what it does not say, and keeps what it does", () => {
    const { events } = traceOf([
      aLine("web", [{ time: at(0) }, { time: at(5), server: "proxy", success: false, extra: { a: 1 } }], {
        id: "m-1",
        logType: "agw",
      }),
    ]);

    expect(events).toEqual([
      {
        action: "did",
        description: "",
        success: true,
        time: at(0),
        server: "web",
        transactionId: "tx-1",
        logType: "agw",
        messageId: "m-1",
        offsetMs: 0,
        gapMs: 0,
      },
      expect.objectContaining({ server: "proxy", success: false, extra: { a: 1 }, offsetMs: 5, gapMs: 5 }),
    ]);
  });

  it("of another transaction in the same message stays out", () => {
    const line = aLine("web", [{ time: at(0) }, { time: at(1), action: "other", transactionId: "tx-2" }]);

    expect(traceOf([line]).events).toHaveLength(1);
    expect(assembleTrace("tx-2", { lines: [line], isCut: false }, LATER_MS).events).toMatchObject([
      { action: "other", offsetMs: 0 },
    ]);
  });

  it("that was stored of a customer stands among them", () => {
    expect(traceOf([aStoredEventLine(5), aLine("web", [{ time: at(0) }])]).events[1]).toEqual({
      time: at(5),
      action: "account_opened",
      description: "Savings account opened",
      type: "event",
      success: true,
      detail: { eventId: "event-1", customerId: "c-1", date: at(5) },
      logType: "events",
      messageId: "event-1",
      offsetMs: 5,
      gapMs: 5,
    });
  });

  it("counts once when its message came twice in an hour; the first arrival counts", () => {
    const first = aLine("web", [{ time: at(0), action: "first" }], { id: "same", receivedAt: at(10) });
    const again = aLine("web", [{ time: at(1), action: "again" }], { id: "same", receivedAt: at(20) });
    const other = aLine("web", [{ time: at(2), action: "other" }], { id: "same", logType: "app" });

    for (const lines of [
      [first, again, other],
      [again, first, other],
    ]) {
      expect(traceOf(lines).events.map(({ action }) => action)).toEqual(["first", "other"]);
    }
  });
});

describe("a trace is complete", () => {
  const line = aLine("web", [{ time: at(0) }], { receivedAt: at(1_000) });
  const settledMs = LINES_START_MS + 121_000;

  it("two minutes after the last arrival, and not a moment before", () => {
    expect(traceOf([line], settledMs - 1).complete).toBe(false);
    expect(traceOf([line], settledMs).complete).toBe(true);
  });

  it("only when nothing was cut", () => {
    expect(assembleTrace("tx-1", { lines: [line], isCut: true }, settledMs).complete).toBe(false);
  });
});

describe("a clock", () => {
  const called = (calls: ReturnType<typeof aCall>[], heard: number[]) =>
    traceOf([
      aLine("web", calls),
      aLine(
        "api",
        heard.map((ms) => ({ time: at(ms) })),
      ),
    ]).servers.find(({ server }) => server === "api")?.skewMs;

  it.each([
    ["is right where all lies within the call", [aCall("api", 0, 100)], [0, 100], 0],
    ["is moved to the middle of the call", [aCall("api", 0, 100)], [-1_000, -980], -1_040],
    ["is moved when only its end lies outside", [aCall("api", 0, 100)], [90, 110], 50],
    ["is right where work goes on after the answer", [aCall("api", 0, 100)], [10, 5_000], 0],
    ["begins with the call where work goes on, but before it", [aCall("api", 0, 100)], [-50, 5_000], -50],
    ["begins with the call where its end is not known", [aCall("api", 0)], [-50, -20], -50],
    ["is right after a call whose end is not known", [aCall("api", 0)], [700, 900], 0],
    ["is bound by all calls together", [aCall("api", 0, 50), aCall("api", 500, 50)], [10, 540], 0],
  ])("%s", (_, calls, heard, skewMs) => {
    expect(called(calls, heard)).toBe(skewMs);
  });

  it("is placed by servers that were placed themselves", () => {
    const { servers } = traceOf([
      aLine("core", [{ time: at(-5_000) }]),
      aLine("api", [aCall("core", 60_040, 20)]),
      aLine("web", [aCall("api", 0, 100)]),
    ]);

    expect(servers).toEqual([
      { server: "web", skewMs: 0 },
      { server: "api", skewMs: 60_000 },
      { server: "core", skewMs: -5_050 },
    ]);
  });

  it("of servers that call each other in a circle is taken from the one that was heard of first", () => {
    const { servers, events } = traceOf([
      aLine("b", [aCall("a", 1_000, 100)]),
      aLine("a", [aCall("b", 0, 10_000)]),
    ]);

    expect(servers).toEqual([
      { server: "a", skewMs: 0 },
      { server: "b", skewMs: 0 },
    ]);
    expect(events).toHaveLength(2);
  });

  it("is not measured by a server's calls of itself", () => {
    expect(traceOf([aLine("web", [aCall("web", 100, 10), { time: at(0) }])]).servers).toEqual([
      { server: "web", skewMs: 0 },
    ]);
  });
});

/** A tree of calls as it was: each server is called once, by one before it, within its caller's own time. */
const trees = fc
  .array(
    fc.record({
      caller: fc.nat(),
      start: fc.integer({ min: 0, max: 1_000 }),
      share: fc.integer({ min: 0, max: 1_000 }),
      skew: fc.integer({ min: -86_400_000, max: 86_400_000 }),
      delay: fc.integer({ min: 0, max: 1_000 }),
      back: fc.integer({ min: 0, max: 1_000 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) => {
    const spans = [{ name: "s0", from: 0, to: 1_000_000, skew: 0, caller: -1, callFrom: 0, callTo: 0 }];
    for (const [index, { caller, start, share, skew, delay, back }] of drawn.entries()) {
      const by = caller % spans.length;
      const { from = 0, to = 0 } = spans[by] ?? {};
      const callFrom = from + Math.floor(((to - from) * start) / 2_000);
      const callTo = callFrom + Math.floor(((to - callFrom) * share) / 1_000);
      const inner = callTo - callFrom;
      const enter = callFrom + Math.floor((inner * delay) / 3_000);
      const leave = callTo - Math.floor((inner * back) / 3_000);
      spans.push({ name: `s${index + 1}`, from: enter, to: leave, skew, caller: by, callFrom, callTo });
    }
    return spans;
  });

/** What the servers of a tree log by their own clocks. */
const linesOf = (
  spans: (typeof trees)["generate"] extends (...args: never[]) => { value: infer T } ? T : never,
) =>
  spans.map(({ name, from, to, skew }, index) =>
    aLine(name, [
      { time: at(from + skew), action: `${name} began` },
      ...spans
        .filter(({ caller }) => caller === index)
        .map((call) => aCall(call.name, call.callFrom + skew, call.callTo - call.callFrom)),
      { time: at(to + skew), action: `${name} ended` },
    ]),
  );

describe("any tree of calls between clocks that are up to a day wrong", () => {
  it("shows each server within the calls that led to it, in order, and no time changed", () => {
    fc.assert(
      fc.property(trees, (spans) => {
        const lines = linesOf(spans);
        const { events, servers, missing } = traceOf(lines);
        const skews = new Map(servers.map(({ server, skewMs }) => [server, skewMs]));
        const corrected = (server: string, ms: number) => ms - (skews.get(server) ?? 0);

        for (const { name, from, to, skew, caller, callFrom, callTo } of spans) {
          const by = spans[caller];
          if (!by) continue;
          expect(corrected(name, from + skew)).toBeGreaterThanOrEqual(corrected(by.name, callFrom + by.skew));
          expect(corrected(name, to + skew)).toBeLessThanOrEqual(corrected(by.name, callTo + by.skew));
        }
        expect(missing).toEqual([]);
        expect(events.every(({ gapMs }) => gapMs >= 0)).toBe(true);
        expect(events.reduce((sum, { gapMs }) => sum + gapMs, 0)).toBe(events.at(-1)?.offsetMs ?? 0);
        const times = lines.flatMap((line) => ("events" in line ? line.events.map(({ time }) => time) : []));
        expect(events.map(({ time }) => time).sort()).toEqual(times.sort());
      }),
      { numRuns: 500 },
    );
  });

  it("shifts no server when all clocks are right", () => {
    fc.assert(
      fc.property(trees, (spans) => {
        const { servers, events } = traceOf(linesOf(spans.map((span) => ({ ...span, skew: 0 }))));

        expect(servers.every(({ skewMs }) => skewMs === 0)).toBe(true);
        expect(events.every((event) => !("skewMs" in event))).toBe(true);
      }),
    );
  });

  it("errs by no more than the time that the calls spent on the way", () => {
    fc.assert(
      fc.property(trees, (spans) => {
        const skews = new Map(traceOf(linesOf(spans)).servers.map(({ server, skewMs }) => [server, skewMs]));
        const errors: number[] = [];
        for (const [index, { name, skew, from, to, caller, callFrom, callTo }] of spans.entries()) {
          const onTheWay = index === 0 ? 0 : callTo - callFrom - (to - from);
          errors[index] = onTheWay + (errors[caller] ?? 0);
          expect(Math.abs((skews.get(name) ?? 0) - skew)).toBeLessThanOrEqual(errors[index] ?? 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
