import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { JwkWithKid } from "aws-jwt-verify/jwk";

/** A public key of the issuer, ready for use. */
export type Key = { readonly id: string; readonly jwk: JwkWithKid; readonly keyObject: KeyObject };

/** The issuer's keys by `keyId`. */
export type KeySet = ReadonlyMap<string, Key>;

export const ALGORITHMS: readonly string[] = ["RS256", "ES256", "EdDSA"];

const RSA_BITS_MIN = 2048;

/**
 * Exponents from 65537 up to 2^256, and odd, are what NIST allows (FIPS 186-5, A.1.1); a smaller one has broken
 * implementations, and with 1 every signature is its own message.
 */
const EXPONENT_MIN = 65_537n;
const EXPONENT_MAX = 1n << 256n;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Two keys of different kinds may share a `kid` (RFC 7517, 4.5). */
export const keyId = (kid: string, algorithm: string): string => `${algorithm} ${kid}`;

/** The one algorithm that a key of this kind may verify here: a token cannot choose another. */
const algorithmOf = ({ kty, crv }: Readonly<Record<string, unknown>>): string | undefined => {
  if (kty === "RSA") return "RS256";
  if (kty === "EC" && crv === "P-256") return "ES256";
  return kty === "OKP" && (crv === "Ed25519" || crv === "Ed448") ? "EdDSA" : undefined;
};

const publicKeyOf = (jwk: JsonWebKey): KeyObject | undefined => {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
};

const numberOf = (base64url: unknown): bigint => {
  const hex = typeof base64url === "string" ? Buffer.from(base64url, "base64url").toString("hex") : "";
  return hex === "" ? 0n : BigInt(`0x${hex}`);
};

/** Whether an RSA key can be one: a product of two large primes is odd, and so is an exponent. */
const isSoundRsa = (
  { n, e }: Readonly<Record<string, unknown>>,
  { asymmetricKeyDetails }: KeyObject,
): boolean => {
  const exponent = numberOf(e);
  return (
    (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS_MIN &&
    numberOf(n) % 2n === 1n &&
    exponent >= EXPONENT_MIN &&
    exponent < EXPONENT_MAX &&
    exponent % 2n === 1n
  );
};

/** Where an issuer says what a key is for (RFC 7517, 4.3), it must be for verifying. */
const mayVerify = (operations: unknown): boolean =>
  operations === undefined || (Array.isArray(operations) && operations.includes("verify"));

/** The key, or undefined for one of another use or algorithm, and for what is no key. */
const keyOf = (value: unknown): Key | undefined => {
  if (!isRecord(value)) return undefined;
  const { kid, kty, use = "sig", alg } = value;
  const algorithm = algorithmOf(value);
  if (typeof kid !== "string" || typeof kty !== "string" || algorithm === undefined) return undefined;
  if (!mayVerify(value.key_ops)) return undefined;
  if (use !== "sig" || (alg !== undefined && alg !== algorithm)) return undefined;
  // Only the members of a public key, because an issuer may publish the private `d` by mistake.
  const members = Object.fromEntries(
    ["n", "e", "crv", "x", "y"].flatMap((name) => {
      const member = value[name];
      return typeof member === "string" ? [[name, member]] : [];
    }),
  );
  const keyObject = publicKeyOf({ kty, ...members });
  if (keyObject === undefined) return undefined;
  if (kty === "RSA" && !isSoundRsa(members, keyObject)) return undefined;
  return { id: keyId(kid, algorithm), jwk: { ...members, kid, kty, alg: algorithm, use: "sig" }, keyObject };
};

/**
 * Reads a JWKS. Keys that cannot verify a token here are left out, so that one of them takes nothing away
 * from the others; of two with one name the first counts. A key that `before` already held stays the same
 * object. Throws when the text is no JWKS.
 */
export const parseKeySet = (text: string, before: KeySet = new Map()): KeySet => {
  const json: unknown = JSON.parse(text);
  if (!isRecord(json) || !Array.isArray(json.keys)) throw new TypeError("a JWKS has a list of keys");
  const keys = new Map<string, Key>();
  for (const value of json.keys) {
    const key = keyOf(value);
    if (key === undefined || keys.has(key.id)) continue;
    const known = before.get(key.id);
    keys.set(key.id, known?.keyObject.equals(key.keyObject) ? known : key);
  }
  return keys;
};
