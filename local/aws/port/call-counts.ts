import type { CallCounts, CallSum, CountedCall } from "../../seams.ts";

/** Calls that are kept one by one, so that a count may begin at any millisecond among them. */
const RECENT_MAX = 65_536;
/** Seconds, and after them minutes, that are kept when a call is too old for that: an hour, a day. */
const SECONDS_MAX = 3_600;
const MINUTES_MAX = 1_440;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Sums by the number of their function, service and action. */
type Sums = Map<number, CallSum>;
type Span = { start: number; end: number /** Of its last call. */; last: number; sums: Sums };

const FAILED = 1;
const THROTTLED = 2;

/**
 * Counts calls in bounded memory. The last 65,536 are kept as they came; what is older is kept in sums by the
 * second, then by the minute, then in one sum since the start. A call costs some writes into arrays.
 */
export const makeCallCounts = (
  now: () => number = Date.now,
  { recentMax = RECENT_MAX, secondsMax = SECONDS_MAX, minutesMax = MINUTES_MAX } = {},
): CallCounts & { count(call: CountedCall): void } => {
  const startedAt = now();
  const names: Pick<CallSum, "function" | "service" | "action">[] = [];
  const numbers = new Map<string, number>();
  const times = new Float64Array(recentMax);
  const which = new Uint32Array(recentMax);
  const outcomes = new Uint8Array(recentMax);
  const reads = new Float64Array(recentMax);
  const writes = new Float64Array(recentMax);
  let counted = 0;
  const seconds: Span[] = [];
  const minutes: Span[] = [];
  const oldest: Span = { start: startedAt, end: startedAt, last: 0, sums: new Map() };
  /** No call is counted at a time before this one, because a count has been answered up to there. */
  let floor = startedAt;

  const numberOf = (call: CountedCall): number => {
    const key = `${call.function} ${call.service} ${call.action}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, names.length);
    return names.push({ function: call.function, service: call.service, action: call.action }) - 1;
  };

  const sumIn = (sums: Sums, number: number): CallSum => {
    const known = sums.get(number);
    if (known !== undefined) return known;
    const [name = { function: "", service: "", action: "" }] = names.slice(number, number + 1);
    const sum = { ...name, calls: 0, failed: 0, throttled: 0, readUnits: 0, writeUnits: 0 };
    sums.set(number, sum);
    return sum;
  };

  const addOne = (sums: Sums, at: number): void => {
    const sum = sumIn(sums, which[at] ?? 0);
    const outcome = outcomes[at] ?? 0;
    sum.calls += 1;
    if (outcome & FAILED) sum.failed += 1;
    if (outcome & THROTTLED) sum.throttled += 1;
    sum.readUnits += reads[at] ?? 0;
    sum.writeUnits += writes[at] ?? 0;
  };

  const addAll = (sums: Sums, more: Sums): void => {
    for (const [number, one] of more) {
      const sum = sumIn(sums, number);
      sum.calls += one.calls;
      sum.failed += one.failed;
      sum.throttled += one.throttled;
      sum.readUnits += one.readUnits;
      sum.writeUnits += one.writeUnits;
    }
  };

  const merge = (span: Span, earlier: Span): void => {
    addAll(span.sums, earlier.sums);
    span.last = earlier.last;
  };

  /** The span of this length that holds the time, made if the last one ends before it. */
  const spanAt = (spans: Span[], time: number, lengthMs: number): Span => {
    const last = spans.at(-1);
    if (last !== undefined && time < last.end) return last;
    const start = Math.floor(time / lengthMs) * lengthMs;
    const span = { start, end: start + lengthMs, last: 0, sums: new Map() };
    spans.push(span);
    return span;
  };

  /** Moves the call at this place, which is about to be overwritten, into the sums. */
  const age = (at: number): void => {
    const time = times[at] ?? 0;
    const current = spanAt(seconds, time, SECOND_MS);
    addOne(current.sums, at);
    current.last = time;
    const second = seconds.length > secondsMax ? seconds.shift() : undefined;
    if (second === undefined) return;
    merge(spanAt(minutes, second.start, MINUTE_MS), second);
    const minute = minutes.length > minutesMax ? minutes.shift() : undefined;
    if (minute !== undefined) merge(oldest, minute);
  };

  return {
    count: (call) => {
      const at = counted % recentMax;
      if (counted >= recentMax) age(at);
      counted += 1;
      floor = Math.max(floor, now());
      times[at] = floor;
      which[at] = numberOf(call);
      outcomes[at] = (call.failed ? FAILED : 0) | (call.throttled ? THROTTLED : 0);
      reads[at] = call.readUnits;
      writes[at] = call.writeUnits;
    },
    since: (asked) => {
      // A count from this answer's `now` on holds none of the calls of this answer.
      floor = Math.max(now(), floor + 1);
      let since = Math.max(asked ?? startedAt, startedAt);
      const sums: Sums = new Map();
      for (const span of [oldest, ...minutes, ...seconds]) {
        if (span.last < since) continue;
        since = Math.min(since, Math.max(span.start, startedAt));
        addAll(sums, span.sums);
      }
      for (let at = 0; at < Math.min(counted, recentMax); at += 1) {
        if ((times[at] ?? 0) >= since) addOne(sums, at);
      }
      return { since, now: floor, items: [...sums.values()] };
    },
  };
};
