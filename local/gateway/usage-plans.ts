export type Rate = { ratePerSecond: number; burst: number };
export type UsagePlan = Rate & { quotaPerDay: number };

export type UsagePlans = {
  /** For keys without a plan of their own. */
  default: UsagePlan;
  byKey?: Readonly<Record<string, UsagePlan>>;
};

/** High enough that the laptop itself is the limit. */
export const GENEROUS: UsagePlans = {
  default: { ratePerSecond: 1_000_000, burst: 1_000_000, quotaPerDay: 1_000_000_000 },
};

/** A token bucket; true when a request may pass now. */
export const rateLimit = ({ ratePerSecond, burst }: Rate, now: () => number): (() => boolean) => {
  let tokens = burst;
  let filledAt = now();
  return () => {
    const at = now();
    // A clock that was set back takes no tokens away.
    tokens = Math.min(burst, tokens + (Math.max(0, at - filledAt) / 1000) * ratePerSecond);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

const DAY_MS = 86_400_000;

type Meter = { pass: () => boolean; day: number; used: number; quotaPerDay: number };

/** Counts requests per usage key: what the rate refuses does not count against the quota. */
export const meterUsage = (
  plans: UsagePlans,
  now: () => number,
): ((key: string) => "THROTTLED" | "QUOTA_EXCEEDED" | undefined) => {
  const meters = new Map<string, Meter>();
  const meterOf = (key: string): Meter => {
    const known = meters.get(key);
    if (known !== undefined) return known;
    const plan = plans.byKey?.[key] ?? plans.default;
    const meter = { pass: rateLimit(plan, now), day: 0, used: 0, quotaPerDay: plan.quotaPerDay };
    meters.set(key, meter);
    return meter;
  };
  return (key) => {
    const meter = meterOf(key);
    const day = Math.floor(now() / DAY_MS);
    if (meter.day !== day) Object.assign(meter, { day, used: 0 });
    if (meter.used >= meter.quotaPerDay) return "QUOTA_EXCEEDED";
    if (!meter.pass()) return "THROTTLED";
    meter.used += 1;
    return undefined;
  };
};
