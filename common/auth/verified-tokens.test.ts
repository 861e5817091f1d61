import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKeySet } from "./key-set.ts";
import { jwksOf, newKey } from "./testing/tokens.ts";
import { makeVerifiedTokens } from "./verified-tokens.ts";

const [key] = parseKeySet(jwksOf(newKey("EdDSA"))).values();
if (key === undefined) throw new Error("the fixture's key is not usable");
const entryFor = (exp: number) => ({
  caller: { userId: "a", organizationId: null, roles: [], expiresAt: exp },
  exp,
  key,
});

describe("remembering verified tokens", () => {
  it("keeps what was among the last half to be used, and never more than it may", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 200 }),
        fc.integer({ min: 2, max: 12 }),
        (uses, entriesMax) => {
          // Reading moves what is read, so that each question is asked of a fresh replay.
          const isHeld = (token: number): boolean => {
            const remembered = makeVerifiedTokens(entriesMax);
            for (const use of uses) {
              if (remembered.get(`${use}`) === undefined) remembered.set(`${use}`, entryFor(use));
            }
            return remembered.get(`${token}`)?.exp === token;
          };
          const lastHalf = [...new Set(uses.toReversed())].slice(0, Math.floor(entriesMax / 2));
          const held = Array.from({ length: 21 }, (_, token) => token).filter(isHeld);

          expect(held).toEqual(expect.arrayContaining(lastHalf));
          expect(held.length).toBeLessThanOrEqual(entriesMax);
        },
      ),
    );
  });

  it("does not take one token for another that ends the same", () => {
    const remembered = makeVerifiedTokens(2);
    const end = "s".repeat(1000);
    remembered.set(`a${end}`, entryFor(1));

    expect(remembered.get(`b${end}`)).toBeUndefined();
    expect(remembered.get(end)).toBeUndefined();
    expect(remembered.get(`a${end}`)?.exp).toBe(1);
  });

  it("forgets the token that is named, in either generation", () => {
    const remembered = makeVerifiedTokens(2);
    remembered.set("a", entryFor(1));
    remembered.set("b", entryFor(2));

    remembered.forget("a");
    remembered.forget("b");

    expect([remembered.get("a"), remembered.get("b")]).toEqual([undefined, undefined]);
  });
});
