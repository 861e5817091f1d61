import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import { bearerToken } from "#common/auth/bearer.ts";
import type { Caller } from "#common/auth/caller.ts";
import type { Verdict } from "#common/auth/verify-token.ts";
import { Unauthorized } from "#common/middleware/authorizer.ts";

export type AuthorizeDeps = {
  verifyToken: (token: string) => Promise<Verdict>;
  policyFor: (methodArn: string, caller: Caller) => APIGatewayAuthorizerResult;
};

export type AuthorizerEvent = Pick<
  APIGatewayRequestAuthorizerEvent,
  "methodArn" | "headers" | "multiValueHeaders"
>;

/**
 * Answers which routes the caller may call. Throws `Unauthorized` for a request without one good token;
 * any other error means that the token could not be checked.
 */
export const makeAuthorize =
  ({ verifyToken, policyFor }: AuthorizeDeps) =>
  async (event: AuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const bearer = bearerToken(event);
    if (typeof bearer === "string") throw new Unauthorized(bearer);
    const verdict = await verifyToken(bearer.token);
    if (!verdict.ok) throw new Unauthorized(verdict.reason);
    return policyFor(event.methodArn, verdict.caller);
  };
