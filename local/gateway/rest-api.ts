import type { IncomingMessage, ServerResponse } from "node:http";
import type { Declarations } from "#common/manifest/manifest.ts";
import { triggersOf } from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import { REQUEST_TOO_LARGE } from "../runtime/failures.ts";
import type { Invoker } from "../seams.ts";
import { createAuthorizer } from "./authorizer.ts";
import { readBody } from "./body.ts";
import { type ApiIdentity, type ProxyEvent, proxyEvent } from "./event.ts";
import { readFunctionAnswer } from "./function-answer.ts";
import type { GatewayAnswer, GatewayResponses, Refusal } from "./gateway-responses.ts";
import { type RestRoute, routesOf, routeTable } from "./routes.ts";
import { timeLimit } from "./time-limit.ts";
import { GENEROUS, meterUsage, rateLimit, type UsagePlans } from "./usage-plans.ts";

export type RestApiOptions = {
  declarations: Declarations;
  deployment: Deployment;
  invoker: Invoker;
  responses: GatewayResponses;
  port: number;
  usagePlans?: UsagePlans;
  authorizerCacheSeconds?: number;
  integrationTimeoutMs?: number;
  now?: () => number;
};

export type RestApi = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void>;

const INTEGRATION_TIMEOUT_MS = 29_000;
/** As Terraform sets it. */
const AUTHORIZER_CACHE_SECONDS = 60;

export const send = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: GatewayAnswer,
): void => {
  if (response.destroyed || response.headersSent) return;
  if (status !== 204 && status !== 304) headers.push("content-length", String(Buffer.byteLength(body)));
  response.writeHead(status, headers);
  if (request.method === "HEAD" || status === 204 || status === 304) response.end();
  else response.end(body);
};

/**
 * The one `Authorization` header. Two or more count as none, because the authorizer would see them all, and its
 * answer would be cached for one of them.
 */
const identityOf = ({ rawHeaders }: IncomingMessage): string | undefined => {
  let found: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "authorization") continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[at + 1];
  }
  return found;
};

/** The REST API in front of the functions: what Terraform makes of the same manifests in AWS. */
export const createRestApi = (options: RestApiOptions): RestApi => {
  const { declarations, deployment, invoker, responses, port, now = Date.now } = options;
  const routes = routesOf(declarations);
  const find = routeTable(routes);
  const api: ApiIdentity = {
    accountId: deployment.accountId,
    apiId: "local",
    stage: deployment.environment,
    port: String(port),
  };
  const authorizerFunction = declarations.manifests.find(
    (manifest) => triggersOf(manifest, "authorizer").length > 0,
  );
  const authorize =
    authorizerFunction &&
    createAuthorizer({
      functionName: authorizerFunction.name,
      invoker,
      api: { ...api, region: deployment.region, partition: deployment.partition },
      cacheSeconds: options.authorizerCacheSeconds ?? AUTHORIZER_CACHE_SECONDS,
      now,
    });
  const inTime = timeLimit(options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS);
  const meter = meterUsage(options.usagePlans ?? GENEROUS, now);
  const throttles = new Map(
    routes.flatMap((route): [RestRoute, () => boolean][] =>
      route.throttle === undefined ? [] : [[route, rateLimit(route.throttle, now)]],
    ),
  );

  /** Lets the caller in, or says why not. */
  const admit = async (
    route: RestRoute,
    header: string | undefined,
    event: ProxyEvent,
  ): Promise<Refusal | undefined> => {
    if (route.role !== null) {
      if (authorize === undefined) return "AUTHORIZER_CONFIGURATION_ERROR";
      const caller = await authorize(header, event);
      if (typeof caller === "string") return caller;
      event.requestContext.authorizer = { ...caller.context, integrationLatency: 0 };
      const over = caller.usageIdentifierKey === undefined ? undefined : meter(caller.usageIdentifierKey);
      if (over !== undefined) return over;
    }
    return (throttles.get(route)?.() ?? true) ? undefined : "THROTTLED";
  };

  const integrate = async (
    functionName: string,
    event: ProxyEvent,
    requestId: string,
  ): Promise<GatewayAnswer | Refusal> => {
    const outcome = await inTime(invoker.invoke(functionName, event));
    if (outcome === "timed-out") return "INTEGRATION_TIMEOUT";
    if (outcome.outcome === "failed") {
      return outcome.error.errorType === REQUEST_TOO_LARGE ? "REQUEST_TOO_LARGE" : "INTEGRATION_FAILURE";
    }
    return readFunctionAnswer(outcome.payload, requestId) ?? "INTEGRATION_FAILURE";
  };

  const answer = async (
    request: IncomingMessage,
    requestId: string,
  ): Promise<GatewayAnswer | Refusal | "gone"> => {
    const { url = "/", method = "GET" } = request;
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const match = find(method, path);
    if (match === undefined) return "MISSING_AUTHENTICATION_TOKEN";
    const query = mark < 0 ? "" : url.slice(mark + 1);
    const event = proxyEvent(request, path, query, match, requestId, api, now());
    const refusal = await admit(match.route, identityOf(request), event);
    if (refusal !== undefined) return refusal;
    const reading = readBody(request);
    const body = reading instanceof Promise ? await reading : reading;
    if (body === "gone") return body;
    if (body === "too-large") return "REQUEST_TOO_LARGE";
    event.body = body.text;
    event.isBase64Encoded = body.isBinary;
    return integrate(match.route.functionName, event, requestId);
  };

  return async (request, response, requestId) => {
    const given = await answer(request, requestId);
    if (given === "gone") return;
    send(request, response, typeof given === "string" ? responses(given, requestId) : given);
  };
};
