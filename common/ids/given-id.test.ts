import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { triggersOf } from "#common/manifest/manifest.ts";
import { GIVEN_ID_PATTERN, givenIdFault, RESERVED_IDS } from "./given-id.ts";

/** Words that stand in a route where another has a parameter: the gateway never takes them for an id. */
const wordsBesideParameters = (): string[] => {
  const paths = loadDeclarations("functions")
    .manifests.flatMap((manifest) => triggersOf(manifest, "http"))
    .map(({ route }) => (route.split(" ")[1] ?? "").split("/"));
  const parents = new Set(
    paths.flatMap((steps) =>
      steps.flatMap((step, at) => (step.startsWith("{") ? [steps.slice(0, at).join("/")] : [])),
    ),
  );
  return paths.flatMap((steps) =>
    steps.filter((step, at) => !step.startsWith("{") && parents.has(steps.slice(0, at).join("/"))),
  );
};

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

  it("may be no word of a route that stands where another has a parameter", () => {
    const words = wordsBesideParameters();

    expect(words).toContain("stats");
    expect(words.filter((word) => givenIdFault(word) === undefined)).toEqual([]);
  });

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
