import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { type Clock, makeClock } from "../clock.ts";
import { followSchedule, nextTime, scheduleEvent } from "./schedule.ts";

const at = (time: string) => Date.parse(time);
const next = (expression: string, after: string, timezone = "UTC") => {
  const time = nextTime({ type: "schedule", expression, timezone }, at(after));
  return time === undefined ? undefined : new Date(time).toISOString();
};

describe("the next time of a schedule", () => {
  it("a rate has its times at multiples since 1970, whenever the platform was started", () => {
    expect(next("rate(1 day)", "2025-01-31T12:34:56.789Z")).toBe("2025-02-01T00:00:00.000Z");
    expect(next("rate(5 minutes)", "2025-01-31T12:35:00.000Z")).toBe("2025-01-31T12:40:00.000Z");
    expect(next("rate(5 minutes)", "2025-01-31T12:34:59.999Z")).toBe("2025-01-31T12:35:00.000Z");
  });

  it("cron has minutes first, and weeks that begin with Sunday as 1", () => {
    expect(next("cron(0 3 * * ? *)", "2025-01-31T03:00:00.000Z")).toBe("2025-02-01T03:00:00.000Z");
    // The second of February 2025 is a Sunday.
    expect(next("cron(30 6 ? * 1 *)", "2025-01-31T00:00:00.000Z")).toBe("2025-02-02T06:30:00.000Z");
    expect(next("cron(30 6 ? * MON *)", "2025-01-31T00:00:00.000Z")).toBe("2025-02-03T06:30:00.000Z");
    expect(next("cron(0/15 * * * ? *)", "2025-01-31T00:16:00.000Z")).toBe("2025-01-31T00:30:00.000Z");
    expect(next("cron(0 0 1 1 ? 2030)", "2025-01-31T00:00:00.000Z")).toBe("2030-01-01T00:00:00.000Z");
  });

  it.each([
    ["cron(0 3 L * ? *)", "2025-02-28T03:00:00.000Z"],
    ["cron(0 3 15W * ? *)", "2025-02-14T03:00:00.000Z"],
    ["cron(0 3 LW * ? *)", "2025-02-28T03:00:00.000Z"],
    // The third Friday, and the last.
    ["cron(0 3 ? * 6#3 *)", "2025-02-21T03:00:00.000Z"],
    ["cron(0 3 ? * 6L *)", "2025-02-28T03:00:00.000Z"],
    ["cron(0 3 ? * FRI#3 *)", "2025-02-21T03:00:00.000Z"],
    ["cron(0 3 ? * L *)", "2025-02-01T03:00:00.000Z"],
  ])("cron has AWS's signs for days: %s", (expression, time) => {
    expect(next(expression, "2025-01-31T12:00:00.000Z")).toBe(time);
  });

  it("cron means the schedule's time zone, and years that are over have no next time", () => {
    expect(next("cron(0 3 * * ? *)", "2025-06-30T12:00:00.000Z", "Europe/Berlin")).toBe(
      "2025-07-01T01:00:00.000Z",
    );
    expect(next("cron(0 0 1 1 ? 2020)", "2025-01-31T00:00:00.000Z")).toBeUndefined();
  });
});

/** Everything that was set going has gone as far as it can without a timer. */
const settled = () => new Promise((done) => setImmediate(done));

describe("following a schedule", () => {
  it("fires once at each time and goes on after an error, until the platform stops", async () => {
    const stop = new AbortController();
    const fired: unknown[] = [];
    const errors: string[] = [];
    // A clock that jumps to just before the next minute, and advances each time it is read.
    let now = at("2025-01-31T12:00:59.990Z");
    await followSchedule(
      {
        signal: stop.signal,
        log: (message) => void errors.push(message),
        clock: makeClock(() => now++),
      },
      { type: "schedule", expression: "rate(1 minute)" },
      {
        accept: async (event) => {
          fired.push(event);
          now = at("2025-01-31T12:00:59.990Z") + fired.length * 60_000;
          if (fired.length === 2) throw new Error("the queue is closed");
          if (fired.length === 3) stop.abort();
        },
      },
    );

    expect(fired).toEqual([
      { "scheduled-time": "2025-01-31T12:01:00Z" },
      { "scheduled-time": "2025-01-31T12:02:00Z" },
      { "scheduled-time": "2025-01-31T12:03:00Z" },
    ]);
    expect(errors).toEqual(["the schedule rate(1 minute) failed"]);
  });

  const follow = (expression: string, clock: Clock) => {
    const stop = new AbortController();
    const times: string[] = [];
    const followed = followSchedule(
      { signal: stop.signal, log: () => {}, clock },
      { type: "schedule", expression },
      {
        accept: async (event) =>
          void times.push((event as ReturnType<typeof scheduleEvent>)["scheduled-time"]),
      },
    );
    const end = (): Promise<void> => {
      stop.abort();
      return followed;
    };
    return { times, end };
  };

  it("of a clock that is moved past several times has one event, for the first of them", async () => {
    const machine = at("2025-01-31T12:00:30.000Z");
    const clock = makeClock(() => machine);
    const { times, end } = follow("cron(0 3 * * ? *)", clock);

    clock.moveTo(at("2025-02-01T02:59:59.999Z"));
    await settled();
    expect(times).toEqual([]);
    clock.moveTo(at("2025-02-05T12:00:00.000Z"));
    await eventually(() => times.length === 1);
    clock.moveTo(at("2025-02-06T03:00:00.000Z"));
    await eventually(() => times.length === 2);

    expect(times).toEqual(["2025-02-01T03:00:00Z", "2025-02-06T03:00:00Z"]);
    await end();
  });

  it("of a clock that is set back has the times that come again", async () => {
    const machine = at("2025-01-31T12:00:30.000Z");
    const clock = makeClock(() => machine);
    const { times, end } = follow("rate(1 day)", clock);

    clock.moveTo(at("2025-02-01T00:00:00.000Z"));
    await eventually(() => times.length === 1);
    await settled();
    clock.moveTo(at("2025-01-30T23:59:59.000Z"));
    await settled();
    clock.moveTo(at("2025-01-31T00:00:00.000Z"));
    await eventually(() => times.length === 2);

    expect(times).toEqual(["2025-02-01T00:00:00Z", "2025-01-31T00:00:00Z"]);
    await end();
  });

  it("writes the time as Scheduler does", () => {
    expect(scheduleEvent(0)).toEqual({ "scheduled-time": "1970-01-01T00:00:00Z" });
  });
});
