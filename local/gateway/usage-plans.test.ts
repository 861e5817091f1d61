import { describe, expect, it } from "vitest";
import { meterUsage, rateLimit } from "./usage-plans.ts";

describe("a rate", () => {
  it("lets through again at once what it let through before the clock was set back", () => {
    let now = 3_600_000;
    const pass = rateLimit({ ratePerSecond: 1, burst: 2 }, () => now);
    pass();
    now = 0;

    expect(pass()).toBe(true);
    expect(pass()).toBe(false);
    now = 1_000;
    expect(pass()).toBe(true);
  });

  it("lets a burst through, then so many a second", () => {
    let now = 0;
    const pass = rateLimit({ ratePerSecond: 2, burst: 3 }, () => now);

    expect([pass(), pass(), pass(), pass()]).toEqual([true, true, true, false]);
    now = 499;
    expect(pass()).toBe(false);
    now = 500;
    expect([pass(), pass()]).toEqual([true, false]);
    now = 60_000;
    expect([pass(), pass(), pass(), pass()]).toEqual([true, true, true, false]);
  });
});

describe("usage plans", () => {
  const plan = { ratePerSecond: 1, burst: 2, quotaPerDay: 3 };

  it("count each key apart, by its plan or the default one", () => {
    const meter = meterUsage({ default: plan, byKey: { big: { ...plan, burst: 3 } } }, () => 0);

    expect(["a", "a", "a"].map(meter)).toEqual([undefined, undefined, "THROTTLED"]);
    expect(["b", "b", "b"].map(meter)).toEqual([undefined, undefined, "THROTTLED"]);
    expect(["big", "big", "big", "big"].map(meter)).toEqual([
      undefined,
      undefined,
      undefined,
      "QUOTA_EXCEEDED",
    ]);
  });

  it("start a day with the whole quota", () => {
    let now = 0;
    const meter = meterUsage({ default: { ...plan, burst: 100 } }, () => now);

    expect(["a", "a", "a", "a"].map(meter)).toEqual([undefined, undefined, undefined, "QUOTA_EXCEEDED"]);
    now = 86_399_999;
    expect(meter("a")).toBe("QUOTA_EXCEEDED");
    now = 86_400_000;
    expect(meter("a")).toBeUndefined();
  });
});
