/**
 * Why a token is no good. For logs and metrics: the caller only ever learns 401, and neither the token
 * nor any of its claims is part of it.
 */
export const REFUSALS = [
  "missing",
  "malformed",
  "too-long",
  "algorithm",
  "critical-extension",
  "issuer",
  "audience",
  "token-use",
  "no-expiry",
  "expired",
  "not-yet-valid",
  "subject",
  "unknown-key",
  "signature",
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** Carries a refusal out of callbacks of aws-jwt-verify, which know no other way to say no. */
export class Refused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}

/** The issuer's keys cannot be fetched, so the token cannot be checked: a fault (500), not a refusal (401). */
export class IssuerUnreachable extends Error {
  override readonly name = "IssuerUnreachable";
}
