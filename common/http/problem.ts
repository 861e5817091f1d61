import type { AppError } from "#common/errors/app-error.ts";
import { ERRORS } from "#common/errors/catalogue.ts";
import { faultsIn, type Part } from "#common/errors/fault.ts";

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  429: "Too Many Requests",
  503: "Service Unavailable",
};

export const PROBLEM_TYPE = "application/problem+json";

/**
 * RFC 9457 body of an error; holds nothing that is for operators only. Faults that do not say which part of
 * the request they are in are in `part`.
 */
export const problemOf = (
  error: AppError,
  requestId: string,
  part: Part = "body",
): Record<string, unknown> => ({
  type: `urn:millrace:problem:${error.code.toLowerCase().replaceAll("_", "-")}`,
  title: TITLES[error.status] ?? "Error",
  status: error.status,
  detail: ERRORS[error.code].text,
  code: error.code,
  requestId,
  ...(error.errors ? { errors: faultsIn(part, error.errors) } : {}),
});
