import type { AppError } from "#common/errors/app-error.ts";

/** More would crowd out the rest of a message's attributes, and a person reads the first faults only. */
const REASON_MAX = 1_000;

/** Why something was rejected, in one line for the operator who finds it among the dead letters. */
export const reasonOf = (error: AppError): string =>
  [
    error.message,
    ...(error.errors ?? []).map(({ path, message }) => `${path || "/"} ${message}`),
    error.internal,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, REASON_MAX);
