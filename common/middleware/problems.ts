import { type AppError, toAppError } from "#common/errors/app-error.ts";
import type { Answer } from "#common/http/answers.ts";
import { PROBLEM_TYPE, problemOf } from "#common/http/problem.ts";
import { note, noteFailure } from "#common/telemetry/line.ts";
import { loggable } from "#common/telemetry/log.ts";
import type { Exchange, HttpEvent } from "./http-event.ts";
import { isTimeout, type Middleware } from "./middleware.ts";

const problemAnswer = (error: AppError, { route, request }: Exchange): Answer => ({
  status: error.status,
  // An action's fault that does not say where it is cannot be in a body that the route does not take.
  body: problemOf(error, request.requestId, route?.contract.body ? "body" : "query"),
  headers: {
    "content-type": PROBLEM_TYPE,
    ...(error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) }),
    ...(error.status === 401 ? { "www-authenticate": "Bearer" } : {}),
  },
});

/** Answers every error with problem+json; what only operators may know of it goes into the line. */
export const problems = (): Middleware<HttpEvent> => ({
  onError: (failed) => {
    const { exchange } = failed.event;
    if (exchange === undefined || isTimeout(failed.error)) return;
    const error = toAppError(failed.error);
    note({ code: error.code, ...(error.internal ? { internal: error.internal } : {}) });
    if (error.status >= 500) {
      noteFailure("error", "request failed", { error: loggable(error.cause ?? error) });
    }
    failed.response = problemAnswer(error, exchange);
  },
});
