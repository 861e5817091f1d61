import type { Invocation } from "../seams.ts";

export type Failure = Extract<Invocation, { outcome: "failed" }>;

export const SYNCHRONOUS_BYTES_MAX = 6_291_456;
export const ASYNCHRONOUS_BYTES_MAX = 1_048_576;
/** Lambda allows an answer a hundred bytes more than a request. */
export const ANSWER_BYTES_MAX = 6_291_556;

export const REQUEST_TOO_LARGE = "RequestEntityTooLargeException";

const failure = (errorType: string, errorMessage: string, trace?: string[]): Failure => ({
  outcome: "failed",
  error: { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) },
});

/** The error that Lambda itself answers, where the function's code did not throw one. */
export const failures = {
  timedOut: (requestId: string, seconds: number): Failure =>
    failure(
      "Sandbox.Timedout",
      `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
    ),
  exited: (requestId: string, code: number): Failure =>
    failure(
      "Runtime.ExitError",
      code === 0
        ? `RequestId: ${requestId} Error: Runtime exited without providing a reason`
        : `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}`,
    ),
  killed: (requestId: string): Failure =>
    failure("Runtime.ExitError", `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`),
  requestTooLarge: (bytes: number, limit: number): Failure =>
    failure(REQUEST_TOO_LARGE, `${bytes} byte payload is too large for the operation (limit ${limit} bytes)`),
  answerTooLarge: (): Failure =>
    failure(
      "Function.ResponseSizeTooLarge",
      `Response payload size exceeded maximum allowed payload size (${ANSWER_BYTES_MAX} bytes).`,
    ),
  thrown: (error: { errorType: string; errorMessage: string; trace?: string[] }): Failure => ({
    outcome: "failed",
    error,
  }),
};
