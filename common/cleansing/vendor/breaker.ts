/** What all that ask the vendor know of how it has been doing. */
export type BreakerState = {
  /** Failures since the last answer. */
  readonly failures: number;
  /** How often it opened since the last answer: each time it stays open for twice as long. */
  readonly opened: number;
  /** Until then (Unix milliseconds) no invocation asks; 0 while it is closed. */
  readonly openUntil: number;
};

export const CLOSED: BreakerState = { failures: 0, opened: 0, openUntil: 0 };

const FAILURES_MAX = 5;
const OPEN_MS = 30_000;
const OPEN_MS_MAX = 300_000;
/** Longer than a call may take: so long the one that tries has the vendor for itself. */
const PROBE_MS = 15_000;

export type Admission =
  | { admitted: false; waitMs: number }
  /** `next` has to be kept before the vendor is asked. A probe finds out whether the vendor is back. */
  | { admitted: true; probe: boolean; next?: BreakerState };

/** Whether the vendor may be asked now. When the breaker has been open for long enough, one call at a time may try. */
export const admit = (state: BreakerState, nowMs: number): Admission => {
  if (state.openUntil === 0) return { admitted: true, probe: false };
  if (nowMs < state.openUntil) return { admitted: false, waitMs: state.openUntil - nowMs };
  return { admitted: true, probe: true, next: { ...state, openUntil: nowMs + PROBE_MS } };
};

/** After an answer, also one that refuses: it is there. */
export const afterAnswer = (state: BreakerState): BreakerState =>
  state.failures === 0 && state.openUntil === 0 ? state : CLOSED;

/** After a failure. A call that began before the breaker opened, and fails after that, does not open it once more. */
export const afterFailure = (state: BreakerState, nowMs: number, probe: boolean): BreakerState => {
  const failures = state.failures + 1;
  if (state.openUntil > 0 && !probe) return state;
  if (!probe && failures < FAILURES_MAX) return { ...state, failures };
  const openMs = Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** state.opened);
  return { failures, opened: state.opened + 1, openUntil: nowMs + openMs };
};
