import { describe, expect, it, vi } from "vitest";
import { inSeconds, jwksOf, tokenOf } from "#common/auth/testing/tokens.ts";
import { answerText, bad, ec, ed, rsa, STAGE, startAuthorizer, stranger } from "./testing/authorizer.ts";

vi.mock("#generated/routes.ts", () => ({
  routes: { "GET /data": "data.read", "GET /data/{id}": "data.read", "POST /data": "data.write" },
}));

const { faults, issuer, output, start } = await startAuthorizer();

describe("a good token", () => {
  it.each([rsa, ec, ed])("signed $alg is answered with every route that it opens", async (key) => {
    const authorize = await start();

    expect(await authorize(tokenOf(key, { exp: 4_000_000_000 }))).toEqual({
      principalId: "alice",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "execute-api:Invoke",
            Resource: [`${STAGE}/GET/data`, `${STAGE}/GET/data/*`],
          },
        ],
      },
      context: { userId: "alice", organizationId: "demo", roles: "data.read", expiresAt: "4000000000" },
      usageIdentifierKey: "millrace-local-organization--default",
    });
    expect(
      output()
        .lines()
        .map(({ message }) => message),
    ).toEqual(["token accepted"]);
  });

  it("without the role, or without an organization, is answered with a denial", async () => {
    const authorize = await start();

    for (const claims of [
      { Role: [] },
      { Role: { admin: true } },
      { Role: 7 },
      { organizationId: undefined },
    ]) {
      expect(await authorize(tokenOf(rsa, claims))).toMatchObject({
        policyDocument: { Statement: [{ Effect: "Deny", Resource: [`${STAGE}/*`] }] },
      });
    }
  });

  it("may come in the claims and for the plan that the settings name", async () => {
    const authorize = await start({
      TOKEN_ORGANIZATION_CLAIM: "custom:organizationId",
      TOKEN_ROLE_CLAIM: "custom:Role",
      TOKEN_USE: "id",
      ORGANIZATION_PLANS: "big,bigger",
    });
    const claims = {
      aud: "console",
      token_use: "id",
      "custom:organizationId": "bigger",
      "custom:Role": "data.write",
    };

    expect(await authorize(tokenOf(rsa, claims))).toMatchObject({
      context: { organizationId: "bigger", roles: "data.write" },
      usageIdentifierKey: "millrace-local-organization-bigger",
    });
  });

  it("is checked against inline keys without any fetch", async () => {
    const authorize = await start({ TOKEN_JWKS: jwksOf(rsa) });

    expect(await authorize(tokenOf(rsa))).toMatchObject({ principalId: "alice" });
    await expect(authorize(tokenOf(ec))).rejects.toThrow("Unauthorized");
    expect(issuer.fetches).toBe(0);
  });
});

describe("a bad token", () => {
  it("is Unauthorized, exactly, is no fault, and shows in the log by its reason alone", async () => {
    const authorize = await start();
    const withoutKey: [string, string][] = [
      ["an unknown key's", tokenOf(stranger)],
      ["one with a path for a key", tokenOf({ ...stranger, kid: "../jwks.json" })],
      ["a forger's", tokenOf({ ...stranger, kid: rsa.kid })],
      ["nobody's", tokenOf(rsa, { sub: undefined })],
    ];

    for (const [name, token] of [...bad(issuer.url), ...withoutKey]) {
      const error: unknown = await authorize(token).then(
        () => `${name} got in`,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: "Error", message: "Unauthorized" });
      const line = output().lines().at(-1);
      expect(line).toMatchObject({
        level: "info",
        message: "token refused",
        reason: expect.any(String),
      });
      for (const part of token.split(".").filter((each) => each !== ""))
        expect(output().text()).not.toContain(part);
    }
    expect(faults()).toEqual([]);
  });

  it.each([
    ["none", {}],
    ["an empty one", { Authorization: "" }],
    ["no scheme", { Authorization: tokenOf(rsa) }],
    ["another scheme", { Authorization: `Basic ${tokenOf(rsa)}` }],
    ["two headers", { Authorization: `Bearer ${tokenOf(rsa)}`, authorization: `Bearer ${tokenOf(rsa)}` }],
    ["two tokens in one", { Authorization: `Bearer ${tokenOf(rsa)}, Bearer ${tokenOf(rsa)}` }],
  ])("is Unauthorized with %s in the headers", async (_, headers) => {
    const authorize = await start();

    await expect(authorize("", headers)).rejects.toThrow(/^Unauthorized$/);
  });

  it("is good again in neither case of the scheme, and a good one is good in both", async () => {
    const authorize = await start();

    expect(await authorize("", { authorization: `bearer ${tokenOf(rsa)}` })).toMatchObject({
      principalId: "alice",
    });
    await expect(authorize("", { authorization: "bearer garbage" })).rejects.toThrow(/^Unauthorized$/);
  });

  it("is Unauthorized when its key was rotated away", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const authorize = await start();
    const token = tokenOf(rsa, { exp: inSeconds(7200) });
    await authorize(token);

    issuer.answer = answerText(jwksOf(ec));
    vi.setSystemTime(Date.now() + 5 * 60_000);

    await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
    expect(await authorize(tokenOf(ec))).toMatchObject({ principalId: "alice" });
    vi.useRealTimers();
  });

  it("cannot make us hammer the issuer", async () => {
    const authorize = await start();

    for (let at = 0; at < 50; at += 1) {
      await expect(authorize(tokenOf({ ...stranger, kid: `kid-${at}` }))).rejects.toThrow(/^Unauthorized$/);
    }

    expect(issuer.fetches).toBe(1);
  });
});
