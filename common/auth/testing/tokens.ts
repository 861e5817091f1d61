import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** An issuer for tests that signs anything, with any header, right or wrong. */
export type SigningKey = { kid: string; alg: string; privateKey: KeyObject; publicKey: KeyObject };

export const ISSUER = "https://issuer.example";

const pairs = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

export const newKey = (alg: keyof typeof pairs, kid: string = alg): SigningKey => ({
  kid,
  alg,
  ...pairs[alg](),
});

export const jwkOf = ({ kid, alg, publicKey }: SigningKey, extra: object = {}): object => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  alg,
  use: "sig",
  ...extra,
});

export const jwksOf = (...keys: SigningKey[]): string =>
  JSON.stringify({ keys: keys.map((key) => jwkOf(key)) });

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const signatures: Record<string, (input: string, key: KeyObject) => Buffer> = {
  RS256: (input, key) => sign("sha256", Buffer.from(input), key),
  ES256: (input, key) => sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }),
  EdDSA: (input, key) => sign(null, Buffer.from(input), key),
  RS512: (input, key) => sign("sha512", Buffer.from(input), key),
};

/** Epoch seconds, some while from now. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

export const goodClaims = (): Record<string, unknown> => ({
  iss: ISSUER,
  aud: "millrace",
  sub: "alice",
  organizationId: "demo",
  Role: ["data.read"],
  exp: inSeconds(300),
});

/** A token with these claims over good ones; `undefined` leaves one out. */
export const tokenOf = (key: SigningKey, claims: object = {}, header: object = {}): string => {
  const input = [
    { alg: key.alg, kid: key.kid, ...header },
    { ...goodClaims(), ...claims },
  ]
    .map(encode)
    .join(".");
  const signature = (signatures[key.alg] ?? (() => Buffer.alloc(0)))(input, key.privateKey);
  return `${input}.${signature.toString("base64url")}`;
};

/** A token of any two texts, signed. */
export const tokenOfTexts = (key: SigningKey, header: string, payload: string): string => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${(signatures[key.alg] ?? (() => Buffer.alloc(0)))(input, key.privateKey).toString("base64url")}`;
};

/** A token whose signature is an HMAC with this secret: what a public key must never be taken for. */
export const hmacToken = (secret: string | Buffer, header: object): string => {
  const input = `${encode({ alg: "HS256", ...header })}.${encode(goodClaims())}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};

/** A token without a signature. */
export const unsignedToken = (header: object, signature = ""): string =>
  `${encode(header)}.${encode(goodClaims())}.${signature}`;
