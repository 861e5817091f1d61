import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CountedCall } from "../../seams.ts";
import { makeCallCounts } from "./call-counts.ts";

const START = Date.parse("2026-11-21T09:30:00.000Z");

const setup = (limits?: Parameters<typeof makeCallCounts>[1]) => {
  const clock = { now: START };
  const counts = makeCallCounts(() => clock.now, limits);
  const call = (more: Partial<CountedCall> = {}) =>
    counts.count({
      function: "events-reader",
      service: "dynamodb",
      action: "Query",
      failed: false,
      throttled: false,
      readUnits: 0.5,
      writeUnits: 0,
      ...more,
    });
  const callsSince = (time?: number) => counts.since(time).items.reduce((sum, { calls }) => sum + calls, 0);
  return { clock, counts, call, callsSince };
};

describe("counts of calls", () => {
  it("add up by function, service and action", () => {
    const { counts, call } = setup();
    call();
    call({ readUnits: 4 });
    call({ failed: true, throttled: true, readUnits: 0 });
    call({ failed: true, readUnits: 0 });
    call({ action: "PutItem", readUnits: 0, writeUnits: 3 });
    call({ function: "operator" });

    const query = { function: "events-reader", service: "dynamodb", action: "Query" };
    expect(counts.since().items).toEqual([
      { ...query, calls: 4, failed: 2, throttled: 1, readUnits: 4.5, writeUnits: 0 },
      { ...query, action: "PutItem", calls: 1, failed: 0, throttled: 0, readUnits: 0, writeUnits: 3 },
      { ...query, function: "operator", calls: 1, failed: 0, throttled: 0, readUnits: 0.5, writeUnits: 0 },
    ]);
  });

  it("since the `now` of an earlier count hold what came after it, in the same millisecond too", () => {
    const { counts, call, callsSince } = setup();
    call();
    const first = counts.since();
    call();
    call();
    const second = counts.since(first.now);
    const third = counts.since(second.now);

    expect([first, second, third].map(({ items }) => items[0]?.calls)).toEqual([1, 2, undefined]);
    expect(second).toMatchObject({ since: first.now });
    expect(callsSince(START - 1e9)).toBe(3);
    expect(counts.since(START - 1e9).since).toBe(START);
    expect(callsSince(START + 1e9)).toBe(0);
  });

  it("of a clock that is set back stay in the order in which they came", () => {
    const { clock, counts, call, callsSince } = setup();
    call();
    const { now } = counts.since();
    clock.now -= 60_000;
    call();

    expect(callsSince(now)).toBe(1);
  });

  it("lose no call in bounded memory, and say since when they count", () => {
    const limits = { recentMax: 8, secondsMax: 5, minutesMax: 3 };
    const gap = fc.constantFrom(0, 1, 400, 1_000, 30_000, 60_000);
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 200 }), fc.nat(200), (gaps, place) => {
        const { clock, counts, call, callsSince } = setup(limits);
        const times = gaps.map((ms) => {
          clock.now += ms;
          call();
          return clock.now;
        });
        const asked = times[place] ?? START;

        expect(callsSince()).toBe(gaps.length);
        const { since, items } = counts.since(asked);
        const counted = items.reduce((sum, { calls }) => sum + calls, 0);
        expect(since).toBeLessThanOrEqual(asked);
        expect(counted).toBe(times.filter((time) => time >= since).length);
        // The last eight are kept to the millisecond.
        if (times.slice(-8)[0] !== undefined && asked > (times.slice(-9)[0] ?? 0)) expect(since).toBe(asked);
      }),
    );
  });
});
