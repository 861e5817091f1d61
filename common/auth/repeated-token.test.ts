import { describe, expect, it, vi } from "vitest";
import { inlineKeys } from "./keys.ts";
import { ISSUER, jwksOf, newKey, tokenOf } from "./testing/tokens.ts";
import { makeTokenVerifier, type VerifierOptions } from "./verify-token.ts";

const rsa = newKey("RS256");

const setup = (options: Partial<VerifierOptions> = {}) =>
  makeTokenVerifier({
    issuer: ISSUER,
    audiences: ["millrace"],
    claimNames: { organization: "organizationId", role: "Role" },
    keys: inlineKeys(jwksOf(rsa)),
    ...options,
  });
const verify = setup();

const refused = (reason: string) => ({ ok: false, reason });

describe("a repeated token", () => {
  it("is not verified again", async () => {
    const keys = inlineKeys(jwksOf(rsa));
    const find = vi.spyOn(keys, "find");
    const verifyCounted = setup({ keys });
    const token = tokenOf(rsa);

    const first = await verifyCounted(token);
    const second = await verifyCounted(token);

    expect(second).toEqual(first);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it("is verified again when its key is no longer held", async () => {
    const keys = inlineKeys(jwksOf(rsa));
    const verifyCounted = setup({ keys });
    const token = tokenOf(rsa);
    await verifyCounted(token);

    vi.spyOn(keys, "holds").mockReturnValue(false);
    vi.spyOn(keys, "find").mockResolvedValue(undefined);

    expect(await verifyCounted(token)).toEqual(refused("unknown-key"));
  });

  it("makes room for others when it was not used for long", async () => {
    const keys = inlineKeys(jwksOf(rsa));
    const find = vi.spyOn(keys, "find");
    const verifyFew = setup({ keys, rememberedMax: 4 });
    const tokens = Array.from({ length: 6 }, (_, jti) => tokenOf(rsa, { jti: `${jti}` }));
    const [used = "", unused = "", ...others] = tokens;

    for (const token of [used, unused]) await verifyFew(token);
    for (const token of others) {
      await verifyFew(token);
      await verifyFew(used);
    }
    expect(find).toHaveBeenCalledTimes(6);
    await verifyFew(used);
    expect(find).toHaveBeenCalledTimes(6);
    await verifyFew(unused);
    expect(find).toHaveBeenCalledTimes(7);
  });

  it("does not vouch for one with another signature", async () => {
    const token = tokenOf(rsa);
    await verify(token);

    const [header, payload] = token.split(".");
    expect(await verify(`${header}.${payload}.AA`)).toEqual(refused("signature"));
  });
});
