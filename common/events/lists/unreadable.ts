import { log, loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";

/**
 * Reports to operators an item that readers leave out, because it cannot be read or no block knows of it: a line in
 * the log and the metric `EventsUnreadable`. `what` is a constant; a key may hold what a caller wrote.
 */
export const noteUnreadable = (organizationId: string, what: string, error?: unknown): void => {
  count("EventsUnreadable");
  log("error", "stored item left out", {
    organizationId,
    reason: what,
    ...(error === undefined ? {} : { error: loggable(error) }),
  });
};
