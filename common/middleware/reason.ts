import type { AppError } from "#common/errors/app-error.ts";

/** More would crowd out the rest of a message's attributes, and a person reads the first faults only. */
const REASON_MAX = 1_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: SQS refuses a message that holds one of these
const NOT_FOR_SQS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Why something was rejected, in one line for the operator who finds it among the dead letters. */
export const reasonOf = (error: AppError): string =>
  [
    error.message,
    ...(error.errors ?? []).map(({ path, message }) => `${path || "/"} ${message}`),
    error.internal,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, REASON_MAX)
    .toWellFormed()
    .replace(NOT_FOR_SQS, "\ufffd");
