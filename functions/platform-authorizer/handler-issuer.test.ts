import type { RequestListener } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { jwkOf, jwksOf, tokenOf } from "#common/auth/testing/tokens.ts";
import { answerText, bad, ec, rsa, startAuthorizer } from "./testing/authorizer.ts";

vi.mock("#generated/routes.ts", () => ({
  routes: { "GET /data": "data.read", "GET /data/{id}": "data.read", "POST /data": "data.write" },
}));

const { faults, issuer, output, start } = await startAuthorizer();

describe("an issuer in trouble", () => {
  const troubles: [string, RequestListener][] = [
    ["is down", (request) => void request.socket.destroy()],
    ["answers 500", (_, response) => void response.writeHead(500).end()],
    ["answers HTML", answerText("<html>sign in</html>")],
    [
      "redirects to an attacker",
      (_, response) => void response.writeHead(302, { location: "/attacker" }).end(),
    ],
    ["answers more than 64 KB", answerText(`${jwksOf(rsa)}${" ".repeat(70_000)}`)],
  ];

  it.each(troubles)(
    "that %s is a fault for a token that may be good, and lets none in",
    async (_, trouble) => {
      issuer.answer = trouble;
      const authorize = await start();

      await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");
      expect(output().text()).toContain("the issuer's keys could not be fetched");
      expect(faults()).toMatchObject([{ AuthorizerFault: 1, service: "platform-authorizer" }]);
      expect(faults()).toMatchObject([
        { _aws: { CloudWatchMetrics: [{ Namespace: "millrace-local", Dimensions: [["service"]] }] } },
      ]);
    },
  );

  it.each(troubles)("that %s makes no fault of a token that is bad anyway", async (_, trouble) => {
    issuer.answer = trouble;
    const authorize = await start();

    for (const [, token] of bad(issuer.url).slice(0, -1))
      await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
    expect(faults()).toEqual([]);
    expect(issuer.fetches).toBe(0);
  });

  it("that is slow is a fault within the function's time-out, and is not asked by every request", async () => {
    issuer.answer = () => undefined;
    const authorize = await start();
    const began = Date.now();

    await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");
    await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");

    expect(Date.now() - began).toBeLessThan(8_000);
    expect(issuer.fetches).toBe(2);
  });

  it("that answers rubbish keys beside good ones is in no trouble", async () => {
    const keys = [null, { kid: "RS256", kty: "RSA", n: "AA" }, { kid: "h", kty: "oct", k: "AA" }, jwkOf(ec)];
    issuer.answer = answerText(JSON.stringify({ keys }));
    const authorize = await start();

    expect(await authorize(tokenOf(ec))).toMatchObject({ principalId: "alice" });
    await expect(authorize(tokenOf(rsa))).rejects.toThrow(/^Unauthorized$/);
  });
});

describe("the settings", () => {
  it("are all named at once when they are missing", async () => {
    await expect(start({ TOKEN_ISSUER: "", TOKEN_AUDIENCE: "", TOKEN_USE: "refresh" })).rejects.toThrow(
      'TOKEN_ISSUER is missing; TOKEN_AUDIENCE is missing; TOKEN_USE must be access or id, got "refresh"',
    );
  });

  it("let keys come over no network in the clear", async () => {
    await expect(start({ TOKEN_JWKS_URI: "http://issuer.example/jwks.json" })).rejects.toThrow(
      "TOKEN_JWKS_URI must be",
    );
    await expect(start({ TOKEN_ISSUER: "http://issuer.example" })).rejects.toThrow("TOKEN_ISSUER must be");
  });

  it("lead to the issuer's well-known address when no other is given", async () => {
    const paths: (string | undefined)[] = [];
    issuer.answer = (request, response) => {
      paths.push(request.url);
      response.end(jwksOf(rsa));
    };
    const wellKnown = issuer.url.replace("/jwks.json", "/tenant/");
    const authorize = await start({ TOKEN_ISSUER: wellKnown, TOKEN_JWKS_URI: "" });

    expect(await authorize(tokenOf(rsa, { iss: wellKnown }))).toMatchObject({ principalId: "alice" });
    expect(paths).toEqual(["/tenant/.well-known/jwks.json"]);
  });
});
