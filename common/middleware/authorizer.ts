import middy from "@middy/core";
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent, Context } from "aws-lambda";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { refusals } from "./refusals.ts";
import { tracing } from "./tracing.ts";

export { Unauthorized } from "./refusals.ts";

export type AuthorizerOptions = {
  /** Throws `Unauthorized` for a token that is refused; whatever else it throws is a fault. */
  action: (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;
};

/** The stack of the REST API's custom authorizer. */
export const authorizerHandler = ({ action }: AuthorizerOptions) =>
  middy<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult, Error, Context>()
    .use([metrics(), logging({ message: "token accepted" }), tracing(), refusals()])
    .handler(async (event) => action(event));
