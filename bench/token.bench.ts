import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { JwtVerifier } from "aws-jwt-verify";
import { createVerifier } from "fast-jwt";
import { createLocalJWKSet, exportJWK, jwtVerify, SignJWT } from "jose";
import { inlineKeys } from "../common/auth/keys.ts";
import { makeTokenVerifier } from "../common/auth/verify-token.ts";
import { median, type Row, table } from "./row.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "millrace";
const KID = "bench";
const ROUNDS = 31;
/** Until both sides are compiled. */
const ROUNDS_WARM = 20;
/** Where there is no goal to meet, fewer rounds say enough. */
const ROUNDS_FEW = 7;
const REMEMBERED = 200;
/** More than the verifier remembers, so that each of them is new to it whenever its turn comes. */
const DISTINCT = 300;
const REPEATED = 100;

type Check = (token: string) => Promise<boolean>;

const pairs: Record<string, () => { privateKey: KeyObject; publicKey: KeyObject }> = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

const succeeds =
  (check: (token: string) => Promise<unknown>): Check =>
  async (token) => {
    try {
      await check(token);
      return true;
    } catch {
      return false;
    }
  };

const setup = async (alg: string) => {
  const pair = pairs[alg]?.();
  if (pair === undefined) throw new TypeError(`no key pair for ${alg}`);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: KID, alg, use: "sig" };
  const jwks = { keys: [jwk] };

  let serial = 0;
  const sign = (claims: object = {}, key: KeyObject = pair.privateKey): Promise<string> => {
    serial += 1;
    const now = Math.floor(Date.now() / 1000);
    const whole = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: "alice",
      organizationId: "demo",
      Role: ["data.read", "events.write"],
      iat: now,
      exp: now + 3600,
      jti: `${serial}`,
      ...claims,
    };
    return new SignJWT(whole).setProtectedHeader({ alg, kid: KID, typ: "JWT" }).sign(key);
  };

  const ours = (): Check => {
    const verify = makeTokenVerifier({
      issuer: ISSUER,
      audiences: [AUDIENCE],
      claimNames: { organization: "organizationId", role: "Role" },
      keys: inlineKeys(JSON.stringify(jwks)),
      rememberedMax: REMEMBERED,
    });
    return async (token) => (await verify(token)).ok;
  };
  const awsJwtVerify = (): Check => {
    const verifier = JwtVerifier.create({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: `${ISSUER}/jwks.json`,
    });
    verifier.cacheJwks({
      keys: jwks.keys.map(({ kty, ...rest }) => ({ kty: kty ?? "", ...JSON.parse(JSON.stringify(rest)) })),
    });
    return succeeds((token) => verifier.verify(token));
  };
  const jose = (): Check => {
    const keys = createLocalJWKSet(jwks);
    return succeeds((token) => jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE }));
  };
  const fastJwt = (cache: boolean): Check => {
    const verify = createVerifier({
      key: pair.publicKey.export({ format: "pem", type: "spki" }).toString(),
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      cache,
    });
    return succeeds(async (token) => verify(token));
  };
  return { sign, ours, awsJwtVerify, jose, fastJwt, strange: () => pairs[alg]?.().privateKey };
};

type Setup = Awaited<ReturnType<typeof setup>>;

/** Both sides must say the same of the same tokens, else their times say nothing. */
const assertSame = async ({ sign, strange }: Setup, checks: Check[]): Promise<void> => {
  const good = await sign();
  const tokens = [
    good,
    await sign({ exp: 1 }),
    await sign({ iss: "https://other.example" }),
    await sign({ aud: "other" }),
    await sign({ nbf: 4_000_000_000 }),
    await sign({}, strange()),
    `${good.slice(0, -8)}AAAAAAAA`,
    "garbage",
  ];
  for (const check of checks) {
    const verdicts = [];
    for (const token of [...tokens, ...tokens]) verdicts.push(await check(token));
    const expected = tokens.map((token) => token === good);
    assert.deepEqual(verdicts, [...expected, ...expected]);
  }
};

/** CPU time, not the clock's: a check waits for nothing, and others may be at work on this machine. */
const cpuMicroseconds = async (check: Check, tokens: readonly string[]): Promise<number> => {
  // Each request brings its token as a new string, whose hash is not known yet.
  const fresh = tokens.map((token) => Buffer.from(token).toString());
  const began = process.cpuUsage();
  for (const token of fresh) await check(token);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / tokens.length;
};

/**
 * Medians of rounds in which both sides take turns, so that a slow moment of the machine hits both; the
 * ratio is the median of the rounds' ratios.
 */
const compare = async (one: Check, other: Check, tokens: readonly string[], rounds: number) => {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS_WARM; round += 1) {
    for (const check of [one, other]) await cpuMicroseconds(check, tokens);
  }
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) ours.push(await cpuMicroseconds(one, tokens));
    theirs.push(await cpuMicroseconds(other, tokens));
    if (round % 2 === 1) ours.push(await cpuMicroseconds(one, tokens));
  }
  const ratio = median(ours.map((time, round) => time / (theirs[round] ?? Number.NaN)));
  return { ours: median(ours), theirs: median(theirs), ratio };
};

const firstCheck = async (alg: string): Promise<Row[]> => {
  const made = await setup(alg);
  const tokens = await Promise.all(Array.from({ length: DISTINCT }, () => made.sign()));
  const peers = { "aws-jwt-verify": made.awsJwtVerify(), jose: made.jose(), "fast-jwt": made.fastJwt(false) };
  await assertSame(made, [made.ours(), ...Object.values(peers)]);
  const rows: Row[] = [];
  for (const [peer, check] of Object.entries(peers)) {
    const bound = peer === "aws-jwt-verify";
    const { ours, theirs, ratio } = await compare(made.ours(), check, tokens, bound ? ROUNDS : ROUNDS_FEW);
    rows.push({
      what: `token, first check, ${alg}`,
      against: peer,
      unit: "µs",
      ours,
      theirs,
      ratio,
      goal: bound ? "≤ 1.05" : "–",
    });
  }
  return rows;
};

const repeatedCheck = async (alg: string): Promise<Row[]> => {
  const made = await setup(alg);
  const few = await Promise.all(Array.from({ length: REPEATED }, () => made.sign()));
  const tokens = Array.from({ length: DISTINCT }, (_, at) => few[at % REPEATED] ?? "");
  const peers = { "aws-jwt-verify": made.awsJwtVerify(), "fast-jwt with its cache": made.fastJwt(true) };
  await assertSame(made, [made.ours(), ...Object.values(peers)]);
  const rows: Row[] = [];
  for (const [peer, check] of Object.entries(peers)) {
    const { ours, theirs, ratio: inverse } = await compare(made.ours(), check, tokens, ROUNDS_FEW);
    const ratio = 1 / inverse;
    const bound = peer === "aws-jwt-verify";
    rows.push({
      what: `token, repeated, ${alg}`,
      against: peer,
      unit: "µs",
      ours,
      theirs,
      ratio,
      goal: bound ? "≥ 10" : "–",
    });
  }
  return rows;
};

/** Checks of tokens against the libraries that do the same, alone. */
export const run = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const alg of ["RS256", "ES256", "EdDSA"]) rows.push(...(await firstCheck(alg)));
  for (const alg of ["RS256", "ES256", "EdDSA"]) rows.push(...(await repeatedCheck(alg)));
  return rows;
};

if (import.meta.main) console.log(table(await run()));
