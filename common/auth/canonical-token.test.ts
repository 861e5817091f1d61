import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCanonical } from "./canonical-token.ts";

/** The law: each of three parts is what its own bytes are written as. */
const isWrittenAsItsBytes = (token: string): boolean => {
  const parts = token.split(".");
  return (
    parts.length === 3 && parts.every((part) => Buffer.from(part, "base64url").toString("base64url") === part)
  );
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const part = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 9 });
const odd = fc.string({ unit: fc.constantFrom(..."AQgwEIx-_.+/=\n é\ud800"), maxLength: 12 });

describe("a token's spelling", () => {
  it("is the one way to write its bytes, or it is refused", () => {
    const tokens = fc.oneof(
      fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join(".")),
      fc.tuple(part, odd, part).map((parts) => parts.join(".")),
      odd,
    );

    fc.assert(
      fc.property(tokens, (token) => {
        expect(isCanonical(token)).toBe(isWrittenAsItsBytes(token));
      }),
      { numRuns: 2_000 },
    );
  });

  it("has one last character for each last byte", () => {
    for (const before of ["", "A", "AA", "AAA", "AAAA"]) {
      for (const last of ALPHABET) {
        const token = `AAAA.${before}${last}.`;

        expect([token, isCanonical(token)]).toEqual([token, isWrittenAsItsBytes(token)]);
      }
    }
  });
});
