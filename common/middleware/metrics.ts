import { flushMetrics } from "#common/telemetry/metrics.ts";
import type { Middleware } from "./middleware.ts";

/** Publishes what the invocation counted, when it ends. */
export const metrics = (): Middleware => ({
  after: () => flushMetrics(),
  onError: () => flushMetrics(),
});
