import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import { afterAll, beforeEach } from "vitest";
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
import { loadFunction } from "#local/testing/loaded-function.ts";

export const STAGE = "arn:aws:execute-api:us-east-1:000000000000:abc123/local";
export const rsa = newKey("RS256");
export const ec = newKey("ES256");
export const ed = newKey("EdDSA");
export const stranger = newKey("RS256", "stranger");

export const answerText =
  (text: string): RequestListener =>
  (_, response) =>
    void response.end(text);

/** An issuer of tokens whose answer each test may change; at first it answers all its keys. */
const startIssuer = async () => {
  const issuer = { url: "", fetches: 0, answer: answerText("") };
  const server = createServer((request, response) => {
    issuer.fetches += 1;
    issuer.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  beforeEach(() => {
    issuer.fetches = 0;
    issuer.answer = answerText(jwksOf(rsa, ec, ed));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
};

/** The authorizer and the issuer that it trusts. */
export const startAuthorizer = async () => {
  const issuer = await startIssuer();
  const settings = {
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: "millrace, console",
    TOKEN_JWKS_URI: issuer.url,
    TOKEN_ORGANIZATION_CLAIM: "organizationId",
    TOKEN_ROLE_CLAIM: "Role",
  };
  const { invoke, output, restart } = await loadFunction("platform-authorizer", issuer.url, settings);
  return {
    issuer,
    output,
    /** A new instance with these settings, which has fetched no key yet. */
    start: async (given: Record<string, string> = {}) => {
      await restart({ ...settings, ...given });
      return (token: string, headers: object = { Authorization: `Bearer ${token}` }) =>
        invoke({
          methodArn: `${STAGE}/GET/data`,
          headers: { ...headers },
          multiValueHeaders: {},
        }) as Promise<APIGatewayAuthorizerResult>;
    },
    faults: () =>
      output()
        .metrics()
        .filter((line) => "AuthorizerFault" in line),
  };
};

/** Tokens that no key of the issuer makes good. */
export const bad = (url: string): [string, string][] => [
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
