import type { Site } from "../gateway/front-door.ts";
import type { GatewayAnswer } from "../gateway/gateway-responses.ts";
import type { Issuer } from "./issuer.ts";

const json = (requestId: string, value: unknown): GatewayAnswer => ({
  status: 200,
  headers: ["content-type", "application/json", "x-request-id", requestId],
  body: JSON.stringify(value),
});

/** What a token's issuer publishes: its keys, and where they are. */
export const issuerSite = (issuer: Issuer, origin: string): Site => ({
  claims: (_hostname, url) => url === "/.well-known/jwks.json" || url === "/.well-known/openid-configuration",
  handle: async (request, requestId) =>
    request.url === "/.well-known/jwks.json"
      ? json(requestId, await issuer.jwks())
      : json(requestId, {
          issuer: issuer.issuer,
          jwks_uri: `${origin}/.well-known/jwks.json`,
          id_token_signing_alg_values_supported: ["RS256"],
          subject_types_supported: ["public"],
          response_types_supported: ["token"],
        }),
});
