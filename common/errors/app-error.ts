import type { Fault } from "#common/validation/faults.ts";
import { ERRORS, type ErrorCode } from "./catalogue.ts";

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

/** Any thrown thing as an error of the catalogue; what is not listed there is `UNEXPECTED`. */
export const toAppError = (thrown: unknown): AppError =>
  thrown instanceof AppError ? thrown : new AppError("UNEXPECTED", { cause: thrown });
