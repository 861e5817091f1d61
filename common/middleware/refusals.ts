import { noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { isTimeout, type Middleware } from "./middleware.ts";

/** The message by which API Gateway distinguishes a bad token (401) from a broken authorizer (500). */
const UNAUTHORIZED = "Unauthorized";

/** Thrown by an authorizer's action for a token that is refused; `reason` goes to the log only. */
export class Unauthorized extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(UNAUTHORIZED);
    this.reason = reason;
  }
}

/**
 * Parts tokens that are refused from faults of the authorizer. AWS counts both as function errors, so the
 * alarm watches the metric `AuthorizerFault`, which only a real fault raises.
 */
export const refusals = (): Middleware => ({
  onError: (request) => {
    const { error } = request;
    if (error instanceof Unauthorized) {
      noteFailure("info", "token refused", { code: "UNAUTHORIZED", reason: error.reason });
      return;
    }
    if (isTimeout(error)) return;
    count("AuthorizerFault");
    noteFailure("error", "authorizer failed", { code: "UNEXPECTED", error: loggable(error) });
    // Nothing of the fault may reach API Gateway's logs or the caller.
    request.error = new Error("Authorizer fault");
  },
});
