import { JwtInvalidSignatureAlgorithmError, JwtInvalidSignatureError } from "aws-jwt-verify/error";
import { verifyJwt } from "aws-jwt-verify/jwt-verifier";
import type { Clock } from "#common/time/clock.ts";
import { type Caller, type ClaimNames, callerOf } from "./caller.ts";
import { isCanonical } from "./canonical-token.ts";
import { ALGORITHMS, type Key } from "./key-set.ts";
import type { Keys } from "./keys.ts";
import { IssuerUnreachable, type Refusal, Refused } from "./refusal.ts";
import { makeVerifiedTokens } from "./verified-tokens.ts";

/** Longer than any token with our claims; the gateway takes 10,240 bytes of headers altogether. */
export const TOKEN_LENGTH_MAX = 8 * 1024;

export type Verdict = { ok: true; caller: Caller } | { ok: false; reason: Refusal };

export type VerifierOptions = {
  /** The `iss` that a token must carry. */
  issuer: string;
  /** One of them must be in `aud`; or be `client_id`, where there is no `aud`. */
  audiences: readonly string[];
  /** The `token_use` that a token must carry; undefined: not checked. */
  tokenUse?: string | undefined;
  claimNames: ClaimNames;
  keys: Keys;
  now?: Clock;
  /** How many verified tokens are remembered. */
  rememberedMax?: number;
};

type Header = { readonly [name: string]: unknown };
type Payload = {
  readonly [name: string]: unknown;
  readonly iss?: string;
  readonly aud?: string | string[];
  readonly exp?: number;
  readonly nbf?: number;
};

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.reason;
  if (error instanceof JwtInvalidSignatureError) return "signature";
  return error instanceof JwtInvalidSignatureAlgorithmError ? "algorithm" : "malformed";
};

/**
 * Checks tokens: signature, issuer, audience, times, and the caller they name. Any fault of a token is
 * a refusal; it throws only `IssuerUnreachable`, when it cannot decide. Nothing in a token says where keys
 * come from: `jku`, `x5u` and `jwk` are not even looked at.
 *
 * A token that was verified is remembered until it expires or its key is gone, or others crowd it out.
 */
export const makeTokenVerifier = ({
  issuer,
  audiences,
  tokenUse,
  claimNames,
  keys,
  now = Date.now,
  rememberedMax = 1000,
}: VerifierOptions): ((token: string) => Promise<Verdict>) => {
  const remembered = makeVerifiedTokens(rememberedMax);

  const isForUs = ({ aud, client_id: clientId }: Payload): boolean => {
    const named = aud ?? clientId;
    if (typeof named === "string") return audiences.includes(named);
    return Array.isArray(named) && named.some((name) => audiences.includes(name));
  };

  const isPast = (seconds: number): boolean => seconds * 1000 <= now();

  /** What can be checked without a key is checked first, so that a token that fails it causes no fetch of keys. */
  const flawOf = (header: Header, payload: Payload): Refusal | undefined => {
    if (typeof header.alg !== "string" || !ALGORITHMS.includes(header.alg)) return "algorithm";
    if (header.crit !== undefined) return "critical-extension";
    if (payload.iss !== issuer) return "issuer";
    if (!isForUs(payload)) return "audience";
    if (tokenUse !== undefined && payload.token_use !== tokenUse) return "token-use";
    if (payload.exp === undefined) return "no-expiry";
    if (isPast(payload.exp)) return "expired";
    return payload.nbf !== undefined && !isPast(payload.nbf) ? "not-yet-valid" : undefined;
  };

  return async (token) => {
    if (token.length > TOKEN_LENGTH_MAX) return { ok: false, reason: "too-long" };
    const known = remembered.get(token);
    if (known !== undefined) {
      if (!isPast(known.exp) && keys.holds(known.key)) return { ok: true, caller: known.caller };
      remembered.forget(token);
    }

    if (!isCanonical(token)) return { ok: false, reason: "malformed" };

    let key: Key | undefined;
    try {
      const payload = await verifyJwt(
        token,
        "",
        // `flawOf` checks both: the audience may be `client_id`, and the issuer comes before its keys.
        { issuer: null, audience: null },
        async (_uri, { header, payload }) => {
          const flaw = flawOf(header, payload);
          if (flaw !== undefined) throw new Refused(flaw);
          const { kid, alg } = header;
          key = kid === undefined || alg === undefined ? undefined : await keys.find(kid, alg);
          if (key === undefined) throw new Refused("unknown-key");
          return key.jwk;
        },
        async () => key?.keyObject ?? {},
      );
      const { exp } = payload;
      const caller = exp === undefined ? undefined : callerOf(payload, claimNames, exp);
      if (exp === undefined || caller === undefined || key === undefined) throw new Refused("subject");
      remembered.set(token, { caller, exp, key });
      return { ok: true, caller };
    } catch (error) {
      if (error instanceof IssuerUnreachable) throw error;
      return { ok: false, reason: refusalOf(error) };
    }
  };
};
