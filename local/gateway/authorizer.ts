import type { Invoker } from "../seams.ts";
import type { ApiIdentity, ProxyEvent } from "./event.ts";
import type { Refusal } from "./gateway-responses.ts";
import { type Policy, readPolicy } from "./policy.ts";

export type Authorized = {
  /** For `requestContext.authorizer`; every value of the context is a string there. */
  context: Record<string, string | number>;
  usageIdentifierKey: string | undefined;
};

/** Answers synchronously for a header that is cached, because most requests come with one. */
export type Authorizer = (
  header: string | undefined,
  event: ProxyEvent,
) => Authorized | Refusal | Promise<Authorized | Refusal>;

export type AuthorizerOptions = {
  functionName: string;
  invoker: Invoker;
  api: ApiIdentity & { region: string; partition: string };
  /** How long a policy is cached for its header's value; 0 calls the authorizer each time. */
  cacheSeconds: number;
  now: () => number;
};

type Decision = Authorized & { permits: Policy };

/**
 * Above this number the oldest entry is removed, because a load test with a token per request must not fill the
 * memory.
 */
const CACHED_MAX = 1000;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws for an answer that API Gateway would call a configuration error. */
const readDecision = (payload: unknown): Decision => {
  if (!isRecord(payload) || typeof payload.principalId !== "string") {
    throw new TypeError("principalId is missing");
  }
  const { principalId, policyDocument, context = {}, usageIdentifierKey } = payload;
  if (!isRecord(context)) throw new TypeError("context must be an object");
  const entries = Object.entries(context).map(([name, value]): [string, string] => {
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new TypeError(`context.${name} must be a string, a number or a boolean`);
    }
    return [name, String(value)];
  });
  return {
    permits: readPolicy(policyDocument),
    context: { ...Object.fromEntries(entries), principalId },
    usageIdentifierKey: typeof usageIdentifierKey === "string" ? usageIdentifierKey : undefined,
  };
};

/** API Gateway's REQUEST authorizer with the Authorization header as its identity source. */
export const createAuthorizer = (options: AuthorizerOptions): Authorizer => {
  const { functionName, invoker, api, cacheSeconds, now } = options;
  const cache = new Map<string, { decision: Decision; until: number }>();
  const asking = new Map<string, Promise<Decision | Refusal>>();
  const prefix = `arn:${api.partition}:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stage}/`;

  const ask = async (event: ProxyEvent, methodArn: string): Promise<Decision | Refusal> => {
    const { body: _body, isBase64Encoded: _encoded, ...request } = event;
    const outcome = await invoker.invoke(functionName, { type: "REQUEST", methodArn, ...request });
    if (outcome.outcome === "failed") {
      return outcome.error.errorMessage === "Unauthorized" ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE";
    }
    try {
      return readDecision(outcome.payload);
    } catch {
      return "AUTHORIZER_CONFIGURATION_ERROR";
    }
  };

  const remember = (header: string, decision: Decision): void => {
    if (cacheSeconds <= 0) return;
    const oldest = cache.size >= CACHED_MAX ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(header, { decision, until: now() + cacheSeconds * 1000 });
  };

  /** Requests that come together with the same new token share one invocation. */
  const learn = (header: string, event: ProxyEvent, methodArn: string): Promise<Decision | Refusal> => {
    const running = asking.get(header);
    if (running !== undefined) return running;
    const question = ask(event, methodArn).then((decision) => {
      asking.delete(header);
      if (typeof decision !== "string") remember(header, decision);
      return decision;
    });
    asking.set(header, question);
    return question;
  };

  const judge = (decision: Decision | Refusal, methodArn: string): Authorized | Refusal =>
    typeof decision === "string" || decision.permits(methodArn) ? decision : "ACCESS_DENIED";

  return (header, event) => {
    if (header === undefined || header === "") return "UNAUTHORIZED";
    const methodArn = `${prefix}${event.httpMethod}${event.path}`;
    const cached = cache.get(header);
    const leftMs = cached === undefined ? 0 : cached.until - now();
    // More than it may be kept is left only when the clock was set back.
    if (cached !== undefined && leftMs > 0 && leftMs <= cacheSeconds * 1000) {
      return judge(cached.decision, methodArn);
    }
    cache.delete(header);
    return learn(header, event, methodArn).then((decision) => judge(decision, methodArn));
  };
};
