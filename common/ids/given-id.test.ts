import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIVEN_ID_PATTERN, givenIdFault, RESERVED_IDS } from "./given-id.ts";

describe("an id that a caller gives", () => {
  it.each(["a", "9", "A.b_c:d-e", "a".repeat(100), "statsx", "Stats"])("may be %s", (id) => {
    expect(givenIdFault(id)).toBeUndefined();
  });

  it.each(["", "-", "-a", ".a", "a".repeat(101), "a b", "a/b", "a#b", "é", "a\n", ...RESERVED_IDS])(
    "may not be %j",
    (id) => {
      expect(givenIdFault(id)).toBeDefined();
    },
  );

  it("has a fault exactly when it may not be used", () => {
    const near = fc.stringMatching(new RegExp(GIVEN_ID_PATTERN));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), near, fc.constantFrom(...RESERVED_IDS)), (id) => {
        const isOfPattern = new RegExp(GIVEN_ID_PATTERN).test(id);
        expect(givenIdFault(id) === undefined).toBe(isOfPattern && !RESERVED_IDS.includes(id));
      }),
    );
  });
});
