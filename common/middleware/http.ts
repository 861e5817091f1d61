import { createHash } from "node:crypto";
import middy from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import type { Caller } from "#common/auth/caller.ts";
import { callerFromContext } from "#common/auth/context.ts";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { type Answer, RawJson } from "#common/http/answers.ts";
import type { Contract, RouteContract, Validated } from "#common/http/contract.ts";
import { PROBLEM_TYPE, problemOf } from "#common/http/problem.ts";
import type { Attempt, IdempotencyStore } from "#common/idempotency/idempotency.ts";
import { idempotencyKeyOf, once, scopeOf } from "#common/idempotency/idempotency.ts";
import { newId } from "#common/ids/uuid.ts";
import type { Route } from "#common/manifest/manifest.ts";
import { loggable } from "#common/telemetry/log.ts";
import { admit, bodyText, type Member, type ReadBody, validateRequest } from "./http-request.ts";
import { note, noteOutcome, observe } from "./observe.ts";

/** What a deed of a route gets: checked, typed, and nothing of API Gateway. */
export type HttpRequest<R = RouteContract> = Validated<R> & {
  /** The body as it was sent. */
  rawBody: string;
  params: Record<string, string>;
  caller: Member;
  requestId: string;
  /** Id and time of what this request makes; the same again when an Idempotency-Key is repeated. */
  attempt: Attempt;
};

export type Deeds<C extends Contract> = {
  [R in keyof C]-?: (request: HttpRequest<C[R]>) => Promise<Answer>;
};

/** The part of `function.json` that the stack reads: which role opens which route. */
type RouteManifest = { triggers: readonly { type: string; route?: string; role?: string | null }[] };

export type HttpOptions = {
  /** Needed where a contract is `idempotent`; loaded with the first Idempotency-Key. */
  idempotency?: () => Promise<IdempotencyStore>;
  /** By route: reads the body in place of the schema's own check. */
  readBody?: Readonly<Record<string, ReadBody>>;
};

/** A public route has no caller; a deed that asked for one would find nobody in no organization. */
const NOBODY: Member = { userId: "", organizationId: "", roles: [], expiresAt: 0 };

const headerOf = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
};

const TRANSACTION_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

const toResult = (answer: Answer, requestId: string): APIGatewayProxyResult => ({
  statusCode: answer.status,
  headers: {
    "cache-control": "no-store",
    ...(answer.body === undefined ? {} : { "content-type": "application/json" }),
    ...answer.headers,
    "x-request-id": requestId,
  },
  body:
    answer.body === undefined
      ? ""
      : answer.body instanceof RawJson
        ? answer.body.text
        : JSON.stringify(answer.body),
});

const problemAnswer = (error: AppError, requestId: string): Answer => ({
  status: error.status,
  body: problemOf(error, requestId),
  headers: {
    "content-type": PROBLEM_TYPE,
    ...(error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) }),
    ...(error.status === 401 ? { "www-authenticate": "Bearer" } : {}),
  },
});

/**
 * The stack of functions behind the REST API. In this order: who calls, may they, what do they ask,
 * was it asked before (Idempotency-Key), do it, answer. Every fault becomes problem+json here.
 */
export const httpHandler = <const C extends Contract>(
  manifest: RouteManifest,
  contract: C,
  deeds: Deeds<C>,
  options: HttpOptions = {},
) => {
  const roles = new Map(manifest.triggers.map(({ route, role }) => [route, role]));

  const dispatch = async (event: APIGatewayProxyEvent, context: Context): Promise<Answer> => {
    const route = `${event.httpMethod} ${event.resource}`;
    const { requestId } = event.requestContext;
    const outside = headerOf(event, "x-transaction-id");
    note({ requestId, route, transactionId: outside && TRANSACTION_ID.test(outside) ? outside : requestId });
    const routeContract = (contract as Contract)[route as Route];
    const role = roles.get(route);
    if (!routeContract || role === undefined)
      throw new AppError("NOT_FOUND", { internal: `no route ${route}` });

    const caller =
      role === null
        ? NOBODY
        : admit(noteCaller(callerFromContext(event.requestContext.authorizer)), role, new Date());
    const rawBody = bodyText(event, routeContract.bodyBytesMax);
    const readBody = options.readBody?.[route];
    const validated = validateRequest(
      event,
      routeContract,
      rawBody,
      readBody && ((text, beside) => readBody(text, caller, beside)),
    );
    const deed = deeds[route as keyof C] as (request: HttpRequest) => Promise<Answer>;
    const perform = (attempt: Attempt) =>
      deed({
        ...(validated as Validated<RouteContract>),
        rawBody,
        params: (event.pathParameters ?? {}) as Record<string, string>,
        caller,
        requestId,
        attempt,
      });
    const attempt = { id: newId(), time: new Date().toISOString() };
    const key = routeContract.idempotent ? idempotencyKeyOf(headerOf(event, "idempotency-key")) : undefined;
    if (key === undefined || !options.idempotency) return perform(attempt);
    return once(await options.idempotency(), {
      scope: scopeOf([caller.organizationId, caller.userId, route, key]),
      bodyHash: createHash("sha256").update(rawBody).digest("base64url"),
      attempt,
      lockMs: context.getRemainingTimeInMillis(),
      now: Date.now,
      perform,
      onRepeat: () => note({ repeated: true }),
    });
  };

  const answerError = (thrown: unknown, requestId: string): Answer => {
    const error = toAppError(thrown);
    note({ code: error.code, ...(error.internal ? { internal: error.internal } : {}) });
    if (error.status >= 500) {
      noteOutcome("error", "request failed");
      note({ error: loggable(error.cause ?? error) });
    }
    return problemAnswer(error, requestId);
  };

  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>()
    .use(observe())
    .handler(async (event, context) => {
      noteOutcome("info", "request answered");
      const { requestId } = event.requestContext;
      const result = await dispatch(event, context)
        .then((answer) => toResult(answer, requestId))
        .catch((error: unknown) => toResult(answerError(error, requestId), requestId));
      note({ status: result.statusCode });
      return result;
    });
};

const noteCaller = (caller: Caller | undefined): Caller | undefined => {
  if (caller)
    note({
      caller: caller.userId,
      ...(caller.organizationId ? { organizationId: caller.organizationId } : {}),
    });
  return caller;
};
