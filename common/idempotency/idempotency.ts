import { createHash } from "node:crypto";
import { AppError, toAppError } from "#common/errors/app-error.ts";
import { type Answer, RawJson } from "#common/http/answers.ts";
import type { Clock } from "#common/time/clock.ts";

/** Id (UUIDv7) and time (RFC 3339) of what a request makes. */
export type Attempt = { id: string; time: string };

/** What is kept of a request with an Idempotency-Key. */
export type Remembered = {
  bodyHash: string;
  /** Of the first request. A repeated request uses it, so that it makes the same thing again and not a second one. */
  attempt: Attempt;
  /** Unix milliseconds until which the request counts as running. */
  lockedUntilMs: number;
  answer?: { status: number; headers: Record<string, string>; body: string };
};

export type IdempotencyStore = {
  /** Stores it if nothing that still counts stands under the scope; else answers what stands there. */
  begin(scope: string, remembered: Remembered, nowMs: number): Promise<Remembered | undefined>;
  /** Takes over a stale lock; false if another request was quicker. */
  takeOver(scope: string, staleUntilMs: number, lockedUntilMs: number): Promise<boolean>;
  /**
   * Keeps the answer. Like the two below it does nothing when another request has taken the lock over:
   * only whose `lockedUntilMs` still stands may say how its request ended.
   */
  finish(scope: string, lockedUntilMs: number, answer: NonNullable<Remembered["answer"]>): Promise<void>;
  /** Lets the next try in at once, with the same attempt. */
  unlock(scope: string, lockedUntilMs: number): Promise<void>;
  forget(scope: string, lockedUntilMs: number): Promise<void>;
};

export const IDEMPOTENCY_KEY_PATTERN = "^[\\x21-\\x7e]{1,255}$";
const IDEMPOTENCY_KEY = new RegExp(IDEMPOTENCY_KEY_PATTERN);

/** The header's value, 1 to 255 visible ASCII characters, or nothing when it was not sent. */
export const idempotencyKeyOf = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (IDEMPOTENCY_KEY.test(header)) return header;
  throw new AppError("INPUT_INVALID", {
    errors: [
      { in: "header", path: "/idempotency-key", message: "must be 1 to 255 visible ASCII characters" },
    ],
  });
};

/** One key for organization, user, route and Idempotency-Key; a reader of the table learns nothing of them from it. */
export const scopeOf = (parts: string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url");

export type BeginOptions = {
  scope: string;
  bodyHash: string;
  attempt: Attempt;
  /** How long this request can still run, in milliseconds. */
  lockMs: number;
  now: Clock;
};

/** A request that is performed under its scope's lock: how it ends is remembered. */
export type Once = {
  /** Of the first request under this scope, so that what it may have sent is sent again and not a second thing. */
  attempt: Attempt;
  /** Keeps a 2xx answer for those that repeat the request; throws if it could not be kept. */
  answered(answer: Answer): Promise<void>;
  /** Lets the next try in. */
  failed(error: unknown): Promise<void>;
};

const textOf = (body: unknown): string =>
  body === undefined ? "" : body instanceof RawJson ? body.text : JSON.stringify(body);

/** Waits out what is left of the other request's lock, in whole seconds. */
const inProgress = (lockedUntilMs: number, nowMs: number) =>
  new AppError("IDEMPOTENCY_IN_PROGRESS", {
    retryAfterSeconds: Math.max(1, Math.ceil((lockedUntilMs - nowMs) / 1000)),
  });

/**
 * Begins a request that is to happen once for its scope: a repetition with the same body gets the first answer,
 * one with another body 422, one while the first is running 409. Only 2xx answers are remembered. A
 * request that died half-way is performed again under the first one's id and time, so that what it
 * may have sent already is sent again and not a second thing beside it.
 */
export const begin = async (
  store: IdempotencyStore,
  { scope, bodyHash, attempt, lockMs, now }: BeginOptions,
): Promise<{ remembered: Answer } | Once> => {
  const lockedUntilMs = now() + lockMs;
  const earlier = await store.begin(scope, { bodyHash, attempt, lockedUntilMs }, now());
  if (earlier) {
    if (earlier.bodyHash !== bodyHash) throw new AppError("IDEMPOTENCY_MISMATCH");
    if (earlier.answer) {
      const { status, headers, body } = earlier.answer;
      return { remembered: { status, headers, ...(body === "" ? {} : { body: new RawJson(body) }) } };
    }
    if (earlier.lockedUntilMs > now()) throw inProgress(earlier.lockedUntilMs, now());
    if (!(await store.takeOver(scope, earlier.lockedUntilMs, lockedUntilMs)))
      throw inProgress(lockedUntilMs, now());
  }

  // What can never succeed did nothing, and its key is free again, unless an earlier request may have
  // got through half-way: then its attempt is kept and only the lock goes.
  const release = (mayHaveHappened: boolean) =>
    (mayHaveHappened || earlier
      ? store.unlock(scope, lockedUntilMs)
      : store.forget(scope, lockedUntilMs)
    ).catch(() => {});

  return {
    attempt: earlier?.attempt ?? attempt,
    answered: async ({ status, headers = {}, body }) => {
      if (status >= 200 && status <= 299) {
        await store.finish(scope, lockedUntilMs, { status, headers, body: textOf(body) });
      } else await release(status >= 500);
    },
    // An answer that was kept stands, whatever fails behind it: the store lets nothing be undone then.
    failed: (error) => release(toAppError(error).retry),
  };
};
