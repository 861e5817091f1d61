import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Issuer, LOCAL_ISSUER, openIssuer, TTL_SECONDS_MAX } from "./issuer.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuer-"));
});
afterEach(() => rm(folder, { recursive: true }));

const alice = { sub: "alice", organizationId: "demo", roles: ["data.read"], ttlSeconds: 60 };
const check = async (issuer: Issuer, token: string) =>
  (await jwtVerify(token, createLocalJWKSet(await issuer.jwks()))).payload;

describe("the local issuer", () => {
  it("signs what was asked for, so that its JWKS verifies it", async () => {
    const issuer = await openIssuer({ folder, now: () => Date.now() });

    const claims = await check(issuer, await issuer.sign(alice));

    expect(claims).toEqual({
      iss: LOCAL_ISSUER,
      aud: "millrace",
      sub: "alice",
      organizationId: "demo",
      Role: ["data.read"],
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 60,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("has no part of the private key in its JWKS, and keeps it from other users of the machine", async () => {
    const issuer = await openIssuer({ folder });

    const { keys } = await issuer.jwks();

    expect(keys.map((key) => Object.keys(key).sort())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
    expect((await stat(join(folder, "issuer.json"))).mode & 0o777).toBe(0o600);
  });

  it("keeps its keys when it is opened again", async () => {
    const token = await (await openIssuer({ folder })).sign(alice);

    expect(await check(await openIssuer({ folder }), token)).toMatchObject({ sub: "alice" });
  });

  it("has one key for all that open it at once", async () => {
    const issuers = await Promise.all(Array.from({ length: 8 }, () => openIssuer({ folder })));

    const tokens = await Promise.all(issuers.map((issuer) => issuer.sign(alice)));

    expect(new Set(tokens.map((token) => decodeProtectedHeader(token).kid)).size).toBe(1);
  });

  it("signs with a new key after a rotation, and keeps the old one's tokens good", async () => {
    const issuer = await openIssuer({ folder });
    const other = await openIssuer({ folder });
    const old = await issuer.sign(alice);

    await issuer.rotate();
    const fresh = await other.sign(alice);

    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect(await check(other, old)).toMatchObject({ sub: "alice" });
    expect(await check(issuer, fresh)).toMatchObject({ sub: "alice" });
  });

  it("drops the old key at once when asked to", async () => {
    const issuer = await openIssuer({ folder });
    const old = await issuer.sign(alice);

    await issuer.rotate({ dropOld: true });

    await expect(check(issuer, old)).rejects.toThrow();
  });

  it.each([
    ["", "it is empty"],
    ['{ "keys": [', "it is not JSON"],
    ["[]", "it has no keys"],
    ['{ "keys": [] }', "it has no keys"],
    ['{ "keys": [{ "kid": "a" }] }', "it has no keys"],
  ])("says what is wrong with a damaged file, %j, and what to do", async (text, what) => {
    const path = join(folder, "issuer.json");
    await writeFile(path, text);

    await expect(openIssuer({ folder })).rejects.toThrow(
      `${path} holds the issuer's keys and is damaged (${what}): put it back, or delete it and make new tokens.`,
    );
  });

  it("loses no key when several rotate at once", async () => {
    const issuer = await openIssuer({ folder });

    await Promise.all([issuer.rotate(), issuer.rotate(), issuer.rotate()]);

    expect((await issuer.jwks()).keys).toHaveLength(4);
  });

  it("forgets a retired key when its last token has run out, and not before", async () => {
    let now = 1_800_000_000_000;
    const issuer = await openIssuer({ folder, now: () => now });
    await issuer.rotate();

    now += TTL_SECONDS_MAX * 1000;
    expect((await issuer.jwks()).keys).toHaveLength(2);
    now += 1;
    expect((await issuer.jwks()).keys).toHaveLength(1);
  });

  it("lets a test write any claim, and refuses a life longer than retired keys are kept", async () => {
    const issuer = await openIssuer({ folder, origin: "http://localhost:9" });

    const token = await issuer.sign({ ...alice, extra: { Role: 7, nbf: 1 } });

    expect(await check(issuer, token)).toMatchObject({ iss: "http://localhost:9", Role: 7, nbf: 1 });
    await expect(issuer.sign({ ...alice, ttlSeconds: TTL_SECONDS_MAX + 1 })).rejects.toThrow(RangeError);
    await expect(issuer.sign({ ...alice, ttlSeconds: Number.NaN })).rejects.toThrow(RangeError);
  });
});
