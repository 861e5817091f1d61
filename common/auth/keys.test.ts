import { describe, expect, it } from "vitest";
import { parseKeySet } from "./key-set.ts";
import { fetchedKeys, inlineKeys } from "./keys.ts";
import { IssuerUnreachable } from "./refusal.ts";
import { jwkOf, jwksOf, newKey } from "./testing/tokens.ts";

const one = newKey("RS256", "one");
const two = newKey("RS256", "two");
const MINUTE_MS = 60_000;

const setup = (first: string | Error) => {
  const issuer = { answer: first, fetches: 0, now: 1_800_000_000_000 };
  const keys = fetchedKeys({
    fetchText: async () => {
      issuer.fetches += 1;
      if (issuer.answer instanceof Error) throw issuer.answer;
      return issuer.answer;
    },
    now: () => issuer.now,
  });
  return { issuer, keys };
};

describe("keys that are fetched", () => {
  it("are not fetched before one is asked for, and then once for all that ask", async () => {
    const { issuer, keys } = setup(jwksOf(one, two));
    expect(issuer.fetches).toBe(0);

    const found = await Promise.all([
      keys.find("one", "RS256"),
      keys.find("two", "RS256"),
      keys.find("x", "RS256"),
    ]);

    expect(found.map((key) => key?.id)).toEqual(["RS256 one", "RS256 two", undefined]);
    expect(issuer.fetches).toBe(1);
    await keys.find("one", "RS256");
    expect(issuer.fetches).toBe(1);
  });

  it("are fetched again for a name that is not there, so that a new key is good at once", async () => {
    const { issuer, keys } = setup(jwksOf(one));
    await keys.find("one", "RS256");

    issuer.answer = jwksOf(one, two);

    expect(await keys.find("two", "RS256")).toMatchObject({ id: "RS256 two" });
  });

  it("are fetched once in ten seconds however many unknown names come", async () => {
    const { issuer, keys } = setup(jwksOf(one));
    for (let second = 0; second < 100; second += 1) {
      for (let at = 0; at < 10; at += 1) expect(await keys.find(`${second}-${at}`, "RS256")).toBeUndefined();
      issuer.now += 1000;
    }

    expect(issuer.fetches).toBe(10);
    expect(await keys.find("one", "RS256")).toMatchObject({ id: "RS256 one" });
  });

  it("let a new key in ten seconds after an unknown name", async () => {
    const { issuer, keys } = setup(jwksOf(one));
    await keys.find("unknown", "RS256");
    issuer.answer = jwksOf(two);

    issuer.now += 9_999;
    expect(await keys.find("two", "RS256")).toBeUndefined();
    issuer.now += 1;
    expect(await keys.find("two", "RS256")).toMatchObject({ id: "RS256 two" });
  });

  it("are fetched again after five minutes, and a key that is gone is gone", async () => {
    const { issuer, keys } = setup(jwksOf(one, two));
    const held = await keys.find("one", "RS256");
    issuer.answer = jwksOf(two);

    issuer.now += 5 * MINUTE_MS - 1;
    expect(await keys.find("one", "RS256")).toBe(held);
    expect(held && keys.holds(held)).toBe(true);
    issuer.now += 1;
    expect(held && keys.holds(held)).toBe(false);
    expect(await keys.find("one", "RS256")).toBeUndefined();
    expect(await keys.find("two", "RS256")).toBeDefined();
    expect(held && keys.holds(held)).toBe(false);
  });

  it("drop a key at once when a fetch for another one shows that it is gone", async () => {
    const { issuer, keys } = setup(jwksOf(one));
    const held = await keys.find("one", "RS256");
    issuer.answer = jwksOf(two);

    await keys.find("two", "RS256");

    expect(held && keys.holds(held)).toBe(false);
    expect(await keys.find("one", "RS256")).toBeUndefined();
  });

  it("stay the same objects over a fetch that brings nothing new, and do not where a key was exchanged", async () => {
    const { issuer, keys } = setup(jwksOf(one, two));
    const held = await Promise.all([keys.find("one", "RS256"), keys.find("two", "RS256")]);
    issuer.answer = jwksOf(one, { ...newKey("RS256"), kid: "two" });
    issuer.now += 5 * MINUTE_MS;

    expect(await keys.find("one", "RS256")).toBe(held[0]);
    expect(held.map((key) => key && keys.holds(key))).toEqual([true, false]);
  });

  it("serve ten minutes while the issuer is away, and not one more", async () => {
    const { issuer, keys } = setup(jwksOf(one));
    await keys.find("one", "RS256");
    issuer.answer = new Error("away");

    issuer.now += 10 * MINUTE_MS - 1;
    expect(await keys.find("one", "RS256")).toBeDefined();
    issuer.now += 1;
    await expect(keys.find("one", "RS256")).rejects.toThrow(IssuerUnreachable);
  });

  it.each([
    ["the issuer is away", new Error("ECONNREFUSED")],
    ["it answers HTML", "<html>sign in</html>"],
    ["it answers a list", "[]"],
    ["it answers null", "null"],
    ["it answers no list of keys", '{"keys":{}}'],
  ])("is not called unknown when %s", async (_, answer) => {
    const { issuer, keys } = setup(answer);

    await expect(keys.find("one", "RS256")).rejects.toThrow(IssuerUnreachable);
    await expect(keys.find("one", "RS256")).rejects.toThrow(IssuerUnreachable);
    expect(issuer.fetches).toBe(1);

    issuer.answer = jwksOf(one);
    issuer.now += 1_999;
    await expect(keys.find("one", "RS256")).rejects.toThrow(IssuerUnreachable);
    issuer.now += 1;
    expect(await keys.find("one", "RS256")).toBeDefined();
    expect(await keys.find("two", "RS256")).toBeUndefined();
  });
});

describe("keys that are given inline", () => {
  it("are those and no others", async () => {
    const keys = inlineKeys(jwksOf(one));
    const key = await keys.find("one", "RS256");

    expect(key && keys.holds(key)).toBe(true);
    expect(await keys.find("two", "RS256")).toBeUndefined();
    expect(await keys.find("one", "ES256")).toBeUndefined();
  });

  it("are refused when none of them can be used", () => {
    expect(() => inlineKeys('{"keys":[]}')).toThrow("expected a JWKS");
    expect(() => inlineKeys("{}")).toThrow("list of keys");
    expect(() => inlineKeys("RS256")).toThrow(SyntaxError);
  });
});

describe("a JWKS", () => {
  const idsOf = (...keys: unknown[]) => [...parseKeySet(JSON.stringify({ keys })).keys()];

  it("may hold rubbish beside good keys", () => {
    const rubbish = [
      null,
      7,
      "key",
      [],
      {},
      { kid: "a" },
      { kid: "a", kty: "RSA" },
      { kid: "a", kty: "RSA", n: 7, e: 7 },
    ];

    expect(idsOf(...rubbish, jwkOf(one), { kid: "b", kty: "EC", crv: "P-256", x: "AA", y: "AA" })).toEqual([
      "RS256 one",
    ]);
  });

  it.each([
    ["of another use", { use: "enc" }],
    ["of another algorithm of the same kind", { alg: "RS512" }],
    ["of an algorithm for encryption", { alg: "RSA-OAEP" }],
    ["with an algorithm that is no text", { alg: 7 }],
    ["without a name", { kid: undefined }],
    ["whose name is no text", { kid: 7 }],
  ])("leaves out a key %s", (_, extra) => {
    expect(idsOf(jwkOf(one, extra))).toEqual([]);
  });

  it("leaves out symmetric keys and curves that no token here may use", () => {
    expect(idsOf({ kid: "a", kty: "oct", k: "c2VjcmV0", alg: "HS256" })).toEqual([]);
    expect(idsOf(jwkOf(newKey("ES256"), { crv: "P-384" }))).toEqual([]);
    expect(idsOf(jwkOf(newKey("EdDSA"), { crv: "X25519" }))).toEqual([]);
  });

  it("leaves out RSA keys under 2048 bits", () => {
    const short = { kid: "short", kty: "RSA", e: "AQAB", n: Buffer.alloc(128, 0xff).toString("base64url") };

    expect(idsOf(short, { ...short, n: Buffer.alloc(256, 0xff).toString("base64url") })).toEqual([
      "RS256 short",
    ]);
    expect(idsOf(short)).toEqual([]);
  });

  it("leaves out keys that are for something else than verifying", () => {
    const keyFor = (operations: unknown) => JSON.stringify({ keys: [jwkOf(one, { key_ops: operations })] });

    for (const operations of [["sign"], [], "verify", ["encrypt", "wrapKey"], null]) {
      expect(parseKeySet(keyFor(operations)).size, JSON.stringify(operations)).toBe(0);
    }
    expect(parseKeySet(keyFor(["verify"])).size).toBe(1);
    expect(parseKeySet(keyFor(["sign", "verify"])).size).toBe(1);
  });

  it("leaves out RSA keys whose exponent is small, even or huge, or whose modulus is even", () => {
    const { n = "" } = one.publicKey.export({ format: "jwk" });
    const even = Buffer.from(n, "base64url");
    even.writeUInt8(even.readUInt8(even.length - 1) & 0xfe, even.length - 1);
    const bytes = (...values: number[]) => Buffer.from(values).toString("base64url");
    const withParts = (parts: object) => parseKeySet(JSON.stringify({ keys: [jwkOf(one, parts)] })).size;

    for (const e of [bytes(1), bytes(3), bytes(1, 0, 0), bytes(1, 0, 2), bytes(1, ...Array(31).fill(0), 1)]) {
      expect(withParts({ e }), e).toBe(0);
    }
    expect(withParts({ n: even.toString("base64url") })).toBe(0);
    expect(withParts({ e: bytes(1, 0, 1) })).toBe(1);
    expect(withParts({ e: bytes(1, 0, 3) })).toBe(1);
  });

  it("takes keys that do not say their algorithm or use", () => {
    const bare = { alg: undefined, use: undefined };

    expect(
      idsOf(jwkOf(one, bare), jwkOf(newKey("ES256", "one"), bare), jwkOf(newKey("EdDSA", "one"), bare)),
    ).toEqual(["RS256 one", "ES256 one", "EdDSA one"]);
  });

  it("keeps the first of two keys with one name", () => {
    const keys = parseKeySet(jwksOf(one, { ...two, kid: "one" }));

    expect(keys.get("RS256 one")?.keyObject.equals(one.publicKey)).toBe(true);
    expect(keys.size).toBe(1);
  });

  it("never makes us keep a private key", () => {
    const [key] = parseKeySet(
      JSON.stringify({ keys: [{ ...one.privateKey.export({ format: "jwk" }), kid: "one" }] }),
    ).values();

    expect(key?.keyObject.type).toBe("public");
    expect(Object.keys(key?.jwk ?? {}).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });
});
