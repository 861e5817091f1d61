import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inlineKeys } from "./keys.ts";
import {
  goodClaims,
  hmacToken,
  ISSUER,
  inSeconds,
  jwkOf,
  jwksOf,
  newKey,
  tokenOf,
  tokenOfTexts,
  unsignedToken,
} from "./testing/tokens.ts";
import { makeTokenVerifier, TOKEN_LENGTH_MAX, type VerifierOptions } from "./verify-token.ts";

const rsa = newKey("RS256");
const ec = newKey("ES256");
const ed = newKey("EdDSA");
const stranger = newKey("RS256", "stranger");

const setup = (options: Partial<VerifierOptions> = {}) =>
  makeTokenVerifier({
    issuer: ISSUER,
    audiences: ["millrace"],
    claimNames: { organization: "organizationId", role: "Role" },
    keys: inlineKeys(jwksOf(rsa, ec, ed)),
    ...options,
  });
const verify = setup();

const refused = (reason: string) => ({ ok: false, reason });

afterEach(() => {
  vi.useRealTimers();
});

describe("a good token", () => {
  it.each([rsa, ec, ed])("signed $alg names its caller", async (key) => {
    const exp = inSeconds(60);

    const verdict = await verify(tokenOf(key, { exp }));

    expect(verdict).toEqual({
      ok: true,
      caller: { userId: "alice", organizationId: "demo", roles: ["data.read"], expiresAt: exp },
    });
  });

  it("may list its audience among others, or name it as client_id where there is no aud", async () => {
    expect(await verify(tokenOf(rsa, { aud: ["other", "millrace"] }))).toMatchObject({ ok: true });
    expect(await verify(tokenOf(rsa, { aud: undefined, client_id: "millrace" }))).toMatchObject({ ok: true });
  });

  it("carries the token_use that is wanted", async () => {
    const verifyAccess = setup({ tokenUse: "access" });

    expect(await verifyAccess(tokenOf(rsa, { token_use: "access" }))).toMatchObject({ ok: true });
    expect(await verifyAccess(tokenOf(rsa, { token_use: "id" }))).toEqual(refused("token-use"));
    expect(await verifyAccess(tokenOf(rsa))).toEqual(refused("token-use"));
  });
});

describe("what is no token", () => {
  it.each([
    ["nothing", ""],
    ["a word", "garbage"],
    ["dots", ".."],
    ["two parts", "e30.e30"],
    ["four parts", "e30.e30.e30.e30"],
    ["five parts, as an encrypted token has", "e30.e30.e30.e30.e30"],
    ["characters that base64url has not", "e30.e30.***"],
    ["a line break at the end", `${tokenOf(rsa)}\n`],
    ["a header that is no JSON", tokenOfTexts(rsa, "{", "{}")],
    ["a header that is a list", tokenOfTexts(rsa, "[]", "{}")],
    ["a header that is null", tokenOfTexts(rsa, "null", "{}")],
    ["a payload that is a text", tokenOfTexts(rsa, '{"alg":"RS256","kid":"RS256"}', '"alice"')],
    ["a payload that is null", tokenOfTexts(rsa, '{"alg":"RS256","kid":"RS256"}', "null")],
  ])("is refused: %s", async (_, token) => {
    expect(await verify(token)).toEqual(refused("malformed"));
  });

  it("has one spelling: another of the same bytes is refused, also when the token was good before", async () => {
    const token = tokenOf(rsa);
    const [header = "", payload = "", signature = ""] = token.split(".");
    // 256 bytes end in the middle of a character: four of its bits belong to nothing.
    const last = signature.at(-1) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const other = `${signature.slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1]}`;
    expect(Buffer.from(other, "base64url")).toEqual(Buffer.from(signature, "base64url"));

    expect(await verify(token)).toMatchObject({ ok: true });
    expect(await verify(`${header}.${payload}.${other}`)).toEqual(refused("malformed"));
    expect(await verify(`${token}==`)).toEqual(refused("malformed"));
    const plus = signature.replaceAll("-", "+").replaceAll("_", "/");
    if (plus !== signature)
      expect(await verify(`${header}.${payload}.${plus}`)).toEqual(refused("malformed"));
  });

  it("is refused when its sub holds a lone surrogate", async () => {
    const text = JSON.stringify({ ...goodClaims(), sub: "a?" }).replace("a?", "a\\ud800");

    const token = tokenOfTexts(rsa, '{"alg":"RS256","kid":"RS256"}', text);

    expect(await verify(token)).toEqual(refused("subject"));
  });

  it("is refused for its length before anything else is looked at", async () => {
    const fits = "a".repeat(TOKEN_LENGTH_MAX);
    const padded = (length: number) => tokenOf(rsa, { padding: "x".repeat(length) });

    expect(await verify(fits)).toEqual(refused("malformed"));
    expect(await verify(`${fits}a`)).toEqual(refused("too-long"));
    expect(await verify(padded(5_000))).toMatchObject({ ok: true });
    expect(await verify(padded(8_000))).toEqual(refused("too-long"));
  });
});

describe("a forged signature", () => {
  it.each(["none", "None", "nOnE", "NONE", "", "HS256", "HS512", "PS256", "RS512", "rs256", "constructor"])(
    "is refused with the algorithm %j",
    async (alg) => {
      expect(await verify(unsignedToken({ alg, kid: rsa.kid }, "AA"))).toEqual(refused("algorithm"));
      expect(await verify(unsignedToken({ alg, kid: rsa.kid }))).toMatchObject({ ok: false });
    },
  );

  it("is refused with no algorithm, or one that is no text", async () => {
    expect(await verify(unsignedToken({ kid: rsa.kid }, "AA"))).toEqual(refused("algorithm"));
    expect(await verify(unsignedToken({ alg: ["RS256"], kid: rsa.kid }, "AA"))).toEqual(refused("malformed"));
  });

  it("is refused when the public key was used as an HMAC secret", async () => {
    const pem = rsa.publicKey.export({ format: "pem", type: "spki" });
    const der = rsa.publicKey.export({ format: "der", type: "spki" });
    const secrets = [pem, der, JSON.stringify(jwkOf(rsa))];

    for (const secret of secrets) {
      expect(await verify(hmacToken(secret, { kid: rsa.kid }))).toEqual(refused("algorithm"));
      expect(await verify(hmacToken(secret, { kid: rsa.kid, alg: "RS256" }))).toEqual(refused("signature"));
    }
  });

  it("is refused when another key made it, under a known name", async () => {
    expect(await verify(tokenOf({ ...stranger, kid: rsa.kid }))).toEqual(refused("signature"));
    expect(await verify(tokenOf({ ...newKey("ES256"), kid: ec.kid }))).toEqual(refused("signature"));
    expect(await verify(tokenOf({ ...newKey("EdDSA"), kid: ed.kid }))).toEqual(refused("signature"));
  });

  it("is refused when the payload or the header was altered", async () => {
    const [header = "", payload = "", signature = ""] = tokenOf(rsa).split(".");
    const [, better = ""] = tokenOf(rsa, { Role: "admin" }).split(".");
    const [typed = ""] = tokenOf(rsa, {}, { typ: "JWT" }).split(".");

    expect(await verify([header, payload, signature].join("."))).toMatchObject({ ok: true });
    expect(await verify([header, better, signature].join("."))).toEqual(refused("signature"));
    expect(await verify([typed, payload, signature].join("."))).toEqual(refused("signature"));
  });

  it("is refused when a key of one kind is named with the algorithm of another", async () => {
    expect(await verify(tokenOf({ ...rsa, kid: ec.kid }))).toEqual(refused("unknown-key"));
    expect(await verify(tokenOf(ec, {}, { alg: "RS256" }))).toEqual(refused("unknown-key"));
  });

  it("is refused when it asks for extensions that must be understood", async () => {
    expect(await verify(tokenOf(rsa, {}, { crit: ["b64"], b64: false }))).toEqual(
      refused("critical-extension"),
    );
  });
});

describe("the name of a key", () => {
  it.each(["unknown", "../../keys.json", "/dev/null", "https://attacker.example/jwks.json", "__proto__", ""])(
    "%j is just unknown",
    async (kid) => {
      expect(await verify(tokenOf({ ...stranger, kid }))).toEqual(refused("unknown-key"));
    },
  );

  it("must be there, and a text", async () => {
    expect(await verify(tokenOf(rsa, {}, { kid: undefined }))).toEqual(refused("unknown-key"));
    expect(await verify(tokenOf(rsa, {}, { kid: 7 }))).toEqual(refused("malformed"));
  });

  it("is the only thing in a header that leads to a key", async () => {
    let calls = 0;
    const attacker = createServer((_, response) => {
      calls += 1;
      response.end(jwksOf(stranger));
    });
    await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/jwks.json`;

    for (const header of [{ jku: url }, { x5u: url }, { jwk: jwkOf(stranger) }, { x5c: ["MIIB"] }]) {
      expect(await verify(tokenOf(stranger, {}, header))).toEqual(refused("unknown-key"));
      expect(await verify(tokenOf({ ...stranger, kid: rsa.kid }, {}, header))).toEqual(refused("signature"));
    }
    await new Promise((resolve) => attacker.close(resolve));

    expect(calls).toBe(0);
  });
});

describe("the claims of a signed token", () => {
  it.each([
    ["another issuer", { iss: "https://attacker.example" }, "issuer"],
    ["an issuer that only begins right", { iss: `${ISSUER}/` }, "issuer"],
    ["no issuer", { iss: undefined }, "issuer"],
    ["an issuer in a list", { iss: [ISSUER] }, "malformed"],
    ["another audience", { aud: "other" }, "audience"],
    ["no audience", { aud: undefined }, "audience"],
    ["an empty list of audiences", { aud: [] }, "audience"],
    ["an audience that contains ours", { aud: "millrace2" }, "audience"],
    ["another aud although client_id is ours", { aud: "other", client_id: "millrace" }, "audience"],
    ["another client_id", { aud: undefined, client_id: "other" }, "audience"],
    ["a number as audience", { aud: 7 }, "malformed"],
    ["no expiry", { exp: undefined }, "no-expiry"],
    ["an expiry that is a text", { exp: String(inSeconds(300)) }, "malformed"],
    ["an expiry that is null", { exp: null }, "malformed"],
    ["an expiry before all dates", { exp: -1e300 }, "expired"],
    ["a start that is a text", { nbf: "0" }, "malformed"],
    ["a start after all dates", { nbf: 1e300 }, "not-yet-valid"],
    ["no user", { sub: undefined }, "subject"],
    ["an empty user", { sub: "" }, "subject"],
    ["a user that is a number", { sub: 7 }, "malformed"],
    ["a user that is null", { sub: null }, "malformed"],
    ["a user with a line break", { sub: "alice\nadmin" }, "subject"],
    ["a user of 256 characters", { sub: "a".repeat(256) }, "subject"],
  ])("are refused with %s", async (_, claims, reason) => {
    expect(await verify(tokenOf(rsa, claims))).toEqual(refused(reason));
  });

  it("are good until the second they expire, without tolerance, and also when they were good before", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const verify = setup({ now: () => Date.now() });
    const token = tokenOf(rsa, { exp: 1_800_000_060 });
    const twin = tokenOf(rsa, { exp: 1_800_000_060, jti: "twin" });

    vi.setSystemTime(1_800_000_059_999);
    expect(await verify(token)).toMatchObject({ ok: true });
    vi.setSystemTime(1_800_000_060_000);
    expect(await verify(token)).toEqual(refused("expired"));
    expect(await verify(twin)).toEqual(refused("expired"));
  });

  it("are good from the second they begin, without tolerance", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const verify = setup({ now: () => Date.now() });
    const token = tokenOf(rsa, { nbf: 1_800_000_010 });

    vi.setSystemTime(1_800_000_009_999);
    expect(await verify(token)).toEqual(refused("not-yet-valid"));
    vi.setSystemTime(1_800_000_010_000);
    expect(await verify(token)).toMatchObject({ ok: true });
  });
});
