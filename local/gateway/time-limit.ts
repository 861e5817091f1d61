import type { Invocation } from "../seams.ts";

type Running = { until: number; expire(): void };

/** How much later than its limit an invocation may be given up. */
const SLACK = 0.02;

/**
 * Gives up waiting for an invocation after `ms`. One timer serves all invocations, because a timer for each
 * request would take a tenth of the CPU that the front door may use.
 */
export const timeLimit = (
  ms: number,
): ((invocation: Promise<Invocation>) => Promise<Invocation | "timed-out">) => {
  // In the order of their limits, since all have the same time.
  const running = new Set<Running>();
  let watching = false;

  const look = (): void => {
    const now = performance.now();
    for (const one of running) {
      if (one.until > now) break;
      running.delete(one);
      one.expire();
    }
    watching = running.size > 0;
    if (watching) wait();
  };
  const wait = (): void => {
    watching = true;
    setTimeout(look, Math.max(5, ms * SLACK)).unref();
  };

  return (invocation) =>
    new Promise((done, fail) => {
      const one: Running = { until: performance.now() + ms, expire: () => done("timed-out") };
      running.add(one);
      if (!watching) wait();
      invocation.then(
        (outcome) => {
          running.delete(one);
          done(outcome);
        },
        (error: unknown) => {
          running.delete(one);
          fail(error);
        },
      );
    });
};
