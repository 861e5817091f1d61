import middy from "@middy/core";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent, Context } from "aws-lambda";
import { loggable } from "#common/telemetry/log.ts";
import { count } from "#common/telemetry/metrics.ts";
import { note, noteOutcome, observe } from "./observe.ts";

/** The message by which API Gateway tells a bad token (401) from a broken authorizer (500). */
const UNAUTHORIZED = "Unauthorized";

/** Thrown by an authorizer's deed for a token that is refused; `reason` goes to the log only. */
export class Unauthorized extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(UNAUTHORIZED);
    this.reason = reason;
  }
}

/**
 * The stack of the REST API's custom authorizer. AWS counts a refused token as a function error, so
 * the alarm watches the metric `AuthorizerFault`, which only a real fault raises.
 */
export const authorizerHandler = (
  deed: (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>,
) =>
  middy<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult, Error, Context>()
    .use(observe())
    .handler(async (event) => {
      noteOutcome("info", "token accepted");
      try {
        return await deed(event);
      } catch (error) {
        if (error instanceof Unauthorized) {
          noteOutcome("info", "token refused");
          note({ code: "UNAUTHORIZED", reason: error.reason });
          throw error;
        }
        count("AuthorizerFault");
        noteOutcome("error", "authorizer failed");
        note({ code: "UNEXPECTED", error: loggable(error) });
        // Nothing of the fault may reach API Gateway's logs or the caller.
        throw new Error("Authorizer fault");
      }
    });
