import { closeLine, noted, noteFailure, openLine } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { isTimeout, type Middleware } from "./middleware.ts";

let coldStart = true;

/**
 * Writes one wide line when the invocation ends, however it ends. `message` is what it says; a stack whose
 * action fails says so with `noteFailure`.
 */
export const logging = ({ message }: { message: string }): Middleware => ({
  // Not async: the line is to be this invocation's from here on, also for the hooks that follow.
  before: ({ context }) => {
    const traceId = /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? "")?.[1];
    openLine(message, { requestId: context.awsRequestId, ...(traceId ? { traceId } : {}), coldStart });
    coldStart = false;
  },

  after: () => closeLine(),

  onError: ({ response, error }) => {
    // Stacks that turn errors into answers have noted theirs; here is what leaves as an error.
    if (response === undefined && (noted().code === undefined || isTimeout(error))) {
      noteFailure("error", "invocation failed", { code: "UNEXPECTED", error: loggable(error) });
    }
    closeLine();
  },
});
