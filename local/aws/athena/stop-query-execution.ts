import type { Operation } from "../port/service.ts";
import type { AthenaContext } from "./context.ts";

/** Cancels a query; one that has ended stays as it ended. */
export const stopQueryExecution =
  (athena: AthenaContext): Operation =>
  (input, call) => {
    const one = athena.find(input, call, "StopQueryExecution");
    if (one.state === "QUEUED" || one.state === "RUNNING") {
      athena.executions.save({
        ...one,
        state: "CANCELLED",
        reason: "Query was cancelled by the user",
        endedAt: athena.now(),
      });
      athena.running.get(one.id)?.abort();
    }
    return {};
  };
