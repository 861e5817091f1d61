import { describe, expect, it } from "vitest";
import { fold } from "#common/text/fold.ts";
import { CATEGORIES } from "./categories.ts";
import rules from "./rules.json" with { type: "json" };
import { cleanse } from "./rules.ts";

type Rule = {
  pattern: string;
  merchant?: string;
  category: string;
  examples: string[];
  counterexamples?: string[];
};
const all: readonly Rule[] = rules;

describe.each(all)(
  "the rule /$pattern/",
  ({ pattern, merchant, category, examples, counterexamples = [] }) => {
    it("says what its examples are, before any other rule does", () => {
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const answer = { ...(merchant === undefined ? {} : { merchant }), category };
        expect([example, cleanse(example)]).toEqual([example, answer]);
      }
    });

    it("leaves its counterexamples to others", () => {
      for (const other of counterexamples)
        expect([other, new RegExp(pattern, "u").test(fold(other))]).toEqual([other, false]);
    });

    it("sorts into a category that there is", () => {
      expect(CATEGORIES).toContain(category);
    });
  },
);

describe("a description", () => {
  it.each(["", "4711", "ACME 12", "BARBARA MUELLER", "SCARF 9", "RENTOKIL"])(
    "%j is left alone",
    (description) => {
      expect(cleanse(description)).toBeUndefined();
    },
  );

  it("is read without case and accents, and as the first time when it comes again", () => {
    expect(cleanse("café MÜLLER")).toEqual({ category: "Restaurants" });
    expect(cleanse("café MÜLLER")).toEqual({ category: "Restaurants" });
  });

  it("takes no longer because it is long", () => {
    const start = performance.now();
    for (const letter of ["a", " ", "1", "amazon "]) cleanse(letter.repeat(1_000).slice(0, 1_000));
    expect(performance.now() - start).toBeLessThan(500);
  });
});
