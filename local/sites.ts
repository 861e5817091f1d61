import type { IncomingMessage } from "node:http";
import { readBody } from "./gateway/body.ts";
import type { Site } from "./gateway/front-door.ts";
import type { GatewayAnswer } from "./gateway/gateway-responses.ts";
import type { Issuer } from "./issuer/issuer.ts";
import type { Chaos } from "./seams.ts";

const json = (requestId: string, status: number, value: unknown): GatewayAnswer => ({
  status,
  headers: ["content-type", "application/json", "x-request-id", requestId],
  body: JSON.stringify(value),
});

/** What a token issuer publishes: its keys, and where they are. */
export const issuerSite = (issuer: Issuer, origin: string): Site => ({
  claims: (_hostname, url) => url === "/.well-known/jwks.json" || url === "/.well-known/openid-configuration",
  handle: async (request, requestId) =>
    request.url === "/.well-known/jwks.json"
      ? json(requestId, 200, await issuer.jwks())
      : json(requestId, 200, {
          issuer: issuer.issuer,
          jwks_uri: `${origin}/.well-known/jwks.json`,
          id_token_signing_alg_values_supported: ["RS256"],
          subject_types_supported: ["public"],
          response_types_supported: ["token"],
        }),
});

const shareIn = (text: string | null): number | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? "");
    const share = typeof value === "object" && value !== null && "share" in value ? value.share : undefined;
    return typeof share === "number" && share >= 0 && share <= 1 ? share : undefined;
  } catch {
    return undefined;
  }
};

/** Faults on demand while it runs: `PUT /_millrace/chaos` with `{"share":0.1}`; 0 ends them. */
export const chaosSite = (chaos: Chaos): Site => {
  const set = async (request: IncomingMessage): Promise<boolean> => {
    const body = await readBody(request);
    const share = typeof body === "string" ? undefined : shareIn(body.text);
    if (share === undefined) return false;
    chaos.share = share;
    return true;
  };
  return {
    claims: (_hostname, url) => url === "/_millrace/chaos",
    handle: async (request, requestId) =>
      request.method === "GET" || (request.method === "PUT" && (await set(request)))
        ? json(requestId, 200, { share: chaos.share })
        : json(requestId, 400, { detail: 'PUT {"share": <0 to 1>}' }),
  };
};
