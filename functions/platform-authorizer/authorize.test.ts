import type { APIGatewayAuthorizerResult } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import type { Caller } from "#common/auth/caller.ts";
import { IssuerUnreachable, REFUSALS } from "#common/auth/refusal.ts";
import type { Verdict } from "#common/auth/verify-token.ts";
import { Unauthorized } from "#common/middleware/authorizer.ts";
import { makeAuthorize } from "./authorize.ts";

const caller: Caller = { userId: "alice", organizationId: "demo", roles: [], expiresAt: 1 };
const answer: APIGatewayAuthorizerResult = {
  principalId: "alice",
  policyDocument: { Version: "2012-10-17", Statement: [] },
};
const event = (authorization?: string) => ({
  methodArn: "arn",
  headers: authorization === undefined ? {} : { Authorization: authorization },
  multiValueHeaders: null,
});

const setup = (verdict: Verdict | Error) => {
  const verifyToken = vi.fn(async (_token: string) => {
    if (verdict instanceof Error) throw verdict;
    return verdict;
  });
  const policyFor = vi.fn(() => answer);
  return { authorize: makeAuthorize({ verifyToken, policyFor }), verifyToken, policyFor };
};

describe("authorizing a request", () => {
  it("answers the policy for the caller of a good token", async () => {
    const { authorize, verifyToken, policyFor } = setup({ ok: true, caller });

    expect(await authorize(event("Bearer abc"))).toBe(answer);
    expect(verifyToken).toHaveBeenCalledWith("abc");
    expect(policyFor).toHaveBeenCalledWith("arn", caller);
  });

  it("refuses a request without one token and does not look further", async () => {
    const { authorize, verifyToken } = setup({ ok: true, caller });

    await expect(authorize(event())).rejects.toMatchObject({ message: "Unauthorized", reason: "missing" });
    await expect(authorize(event("abc"))).rejects.toMatchObject({
      message: "Unauthorized",
      reason: "malformed",
    });
    expect(verifyToken).not.toHaveBeenCalled();
  });

  it.each(REFUSALS)("refuses a token that is refused as %s", async (reason) => {
    const { authorize, policyFor } = setup({ ok: false, reason });

    await expect(authorize(event("Bearer abc"))).rejects.toThrow(new Unauthorized(reason));
    expect(policyFor).not.toHaveBeenCalled();
  });

  it("does not refuse what it cannot decide", async () => {
    const { authorize } = setup(new IssuerUnreachable("away"));

    await expect(authorize(event("Bearer abc"))).rejects.toThrow(IssuerUnreachable);
  });
});
