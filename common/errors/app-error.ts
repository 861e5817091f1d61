import { ERRORS, type ErrorCode } from "./catalogue.ts";
import { isDependencyFailure } from "./dependency.ts";
import type { Fault } from "./fault.ts";

export type AppErrorOptions = {
  /** For operators only: goes to the log, never to a caller. */
  internal?: string;
  /** Each thing wrong with the input. */
  errors?: Fault[];
  /** Seconds after which trying again makes sense. */
  retryAfterSeconds?: number;
  cause?: unknown;
};

/** An error of the catalogue. Callers see code and text; operators also `internal` and the cause. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly errors: Fault[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, { internal, errors, retryAfterSeconds, cause }: AppErrorOptions = {}) {
    super(ERRORS[code].text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.internal = internal;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}

/**
 * Any thrown thing as an error of the catalogue: `DEPENDENCY_FAILED` for what the SDK gave up on, and
 * `UNEXPECTED` for whatever else is not listed there.
 */
export const toAppError = (thrown: unknown): AppError => {
  if (thrown instanceof AppError) return thrown;
  return new AppError(isDependencyFailure(thrown) ? "DEPENDENCY_FAILED" : "UNEXPECTED", { cause: thrown });
};
