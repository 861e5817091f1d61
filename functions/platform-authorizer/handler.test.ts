import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayRequestAuthorizerEvent, Context } from "aws-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  hmacToken,
  ISSUER,
  inSeconds,
  jwkOf,
  jwksOf,
  newKey,
  tokenOf,
  unsignedToken,
} from "#common/auth/testing/tokens.ts";

vi.mock("#generated/routes.ts", () => ({
  routes: { "GET /data": "data.read", "GET /data/{id}": "data.read", "POST /data": "data.write" },
}));

const STAGE = "arn:aws:execute-api:us-east-1:000000000000:abc123/local";
const METHOD_ARN = `${STAGE}/GET/data`;
const rsa = newKey("RS256");
const ec = newKey("ES256");
const ed = newKey("EdDSA");
const stranger = newKey("RS256", "stranger");

let server: Server;
let url: string;
let fetches = 0;
let answerJwks: RequestListener;
const answerText =
  (text: string): RequestListener =>
  (_, response) =>
    void response.end(text);

beforeAll(async () => {
  server = createServer((request, response) => {
    fetches += 1;
    answerJwks(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const lines: string[] = [];
beforeEach(() => {
  fetches = 0;
  lines.length = 0;
  answerJwks = answerText(jwksOf(rsa, ec, ed));
  for (const level of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const start = async (environment: Record<string, string> = {}) => {
  const all = {
    POWERTOOLS_DEV: "true",
    POWERTOOLS_METRICS_DISABLED: "false",
    POWERTOOLS_SERVICE_NAME: "platform-authorizer",
    POWERTOOLS_METRICS_NAMESPACE: "Millrace",
    ENVIRONMENT: "local",
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: "millrace, console",
    TOKEN_JWKS_URI: url,
    TOKEN_JWKS: "",
    TOKEN_USE: "",
    TOKEN_ORGANIZATION_CLAIM: "organizationId",
    TOKEN_ROLE_CLAIM: "Role",
    ORGANIZATION_PLANS: "",
    ...environment,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  vi.resetModules();
  const { handler } = await import("./handler.ts");
  return (token: string, headers: object = { Authorization: `Bearer ${token}` }) =>
    handler(
      {
        methodArn: METHOD_ARN,
        headers: { ...headers },
        multiValueHeaders: {},
      } as APIGatewayRequestAuthorizerEvent,
      { awsRequestId: "request" } as Context,
    );
};

const faults = (): unknown[] =>
  lines.filter((line) => line.includes('"AuthorizerFault"')).map((line) => JSON.parse(line));

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
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["token accepted"]);
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
    expect(fetches).toBe(0);
  });
});

const bad = (url: string): [string, string][] => [
  ["garbage", "garbage"],
  ["none", unsignedToken({ alg: "none", kid: rsa.kid })],
  [
    "an HMAC with the public key",
    hmacToken(rsa.publicKey.export({ format: "pem", type: "spki" }), { kid: rsa.kid }),
  ],
  ["another issuer's", tokenOf(rsa, { iss: "https://other.example" })],
  ["another audience's", tokenOf(rsa, { aud: "other" })],
  ["expired", tokenOf(rsa, { exp: inSeconds(-1) })],
  ["not yet valid", tokenOf(rsa, { nbf: inSeconds(60) })],
  ["without end", tokenOf(rsa, { exp: undefined })],
  ["one with exp as text", tokenOf(rsa, { exp: "4000000000" })],
  ["one of 9 KB", tokenOf(rsa, { padding: "x".repeat(9_000) })],
  ["one with a critical extension", tokenOf(rsa, {}, { crit: ["x"] })],
  [
    "one that points elsewhere",
    tokenOf(stranger, { iss: url }, { jku: url, x5u: url, jwk: jwkOf(stranger) }),
  ],
];

describe("a bad token", () => {
  it("is Unauthorized, exactly, is no fault, and shows in the log by its reason alone", async () => {
    const authorize = await start();
    const withoutKey: [string, string][] = [
      ["an unknown key's", tokenOf(stranger)],
      ["one with a path for a key", tokenOf({ ...stranger, kid: "../jwks.json" })],
      ["a forger's", tokenOf({ ...stranger, kid: rsa.kid })],
      ["nobody's", tokenOf(rsa, { sub: undefined })],
    ];

    for (const [name, token] of [...bad(url), ...withoutKey]) {
      const error: unknown = await authorize(token).then(
        () => `${name} got in`,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: "Error", message: "Unauthorized" });
      const line = lines.at(-1) ?? "";
      expect(JSON.parse(line)).toMatchObject({
        level: "info",
        message: "token refused",
        reason: expect.any(String),
      });
      for (const part of token.split(".").filter((each) => each !== "")) expect(line).not.toContain(part);
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

    answerJwks = answerText(jwksOf(ec));
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

    expect(fetches).toBe(1);
  });
});

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
      answerJwks = trouble;
      const authorize = await start();

      await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");
      expect(lines.join()).toContain("the issuer's keys could not be fetched");
      expect(faults()).toMatchObject([{ AuthorizerFault: 1, service: "platform-authorizer" }]);
      expect(faults()).toMatchObject([
        { _aws: { CloudWatchMetrics: [{ Namespace: "Millrace", Dimensions: [["service"]] }] } },
      ]);
    },
  );

  it.each(troubles)("that %s makes no fault of a token that is bad anyway", async (_, trouble) => {
    answerJwks = trouble;
    const authorize = await start();

    for (const [, token] of bad(url).slice(0, -1))
      await expect(authorize(token)).rejects.toThrow(/^Unauthorized$/);
    expect(faults()).toEqual([]);
    expect(fetches).toBe(0);
  });

  it("that is slow is a fault within the function's time-out, and is not asked by every request", async () => {
    answerJwks = () => undefined;
    const authorize = await start();
    const began = Date.now();

    await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");
    await expect(authorize(tokenOf(rsa))).rejects.toThrow("Authorizer fault");

    expect(Date.now() - began).toBeLessThan(8_000);
    expect(fetches).toBe(2);
  });

  it("that answers rubbish keys beside good ones is in no trouble", async () => {
    const keys = [null, { kid: "RS256", kty: "RSA", n: "AA" }, { kid: "h", kty: "oct", k: "AA" }, jwkOf(ec)];
    answerJwks = answerText(JSON.stringify({ keys }));
    const authorize = await start();

    expect(await authorize(tokenOf(ec))).toMatchObject({ principalId: "alice" });
    await expect(authorize(tokenOf(rsa))).rejects.toThrow(/^Unauthorized$/);
  });
});

describe("the settings", () => {
  it("are all named at once when they are missing", async () => {
    await expect(
      start({ ENVIRONMENT: "", TOKEN_ISSUER: "", TOKEN_AUDIENCE: "", TOKEN_USE: "refresh" }),
    ).rejects.toThrow(
      'ENVIRONMENT is missing; TOKEN_ISSUER is missing; TOKEN_AUDIENCE is missing; TOKEN_USE must be access or id, got "refresh"',
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
    answerJwks = (request, response) => {
      paths.push(request.url);
      response.end(jwksOf(rsa));
    };
    const issuer = url.replace("/jwks.json", "/tenant/");
    const authorize = await start({ TOKEN_ISSUER: issuer, TOKEN_JWKS_URI: "" });

    expect(await authorize(tokenOf(rsa, { iss: issuer }))).toMatchObject({ principalId: "alice" });
    expect(paths).toEqual(["/tenant/.well-known/jwks.json"]);
  });
});
