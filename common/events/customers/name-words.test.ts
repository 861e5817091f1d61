import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "#common/text/fold.ts";
import { hasNameWords, nameWords } from "./name-words.ts";

describe("the words of a name", () => {
  it.each([
    ["Zoë  Müller-Lüdenscheidt", ["ludenscheidt", "muller", "zoe"]],
    ["O'Brien, Seán", ["brien", "o", "sean"]],
    ["STRASSE Straße", ["strasse"]],
    ["Łukasz Ørsted Æsir", ["aesir", "lukasz", "orsted"]],
    ["ΣΊΣΥΦΟΣ σίσυφος", ["σισυφοσ"]],
    ["İstanbul ISTANBUL ıstanbul", ["istanbul"]],
    ["ﬁrst Ｆｉｒｓｔ", ["first"]],
    ["王小明", ["王小明"]],
    ["שָׁלוֹם", ["שלום"]],
    ["😀 - !", []],
  ])("%s are %j", (name, words) => {
    expect(nameWords(name)).toEqual(words);
  });

  it("are at most 20 of at most 64 characters", () => {
    const words = nameWords(
      Array.from({ length: 30 }, (_, index) => "x".repeat(80 + index) + index).join(" "),
    );
    expect(words).toEqual(["x".repeat(64)]);
    expect(nameWords(Array.from({ length: 30 }, (_, index) => `w${index}`).join(" "))).toHaveLength(20);
  });

  it("are the same however the name is composed, and folding them changes nothing more", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (name) => {
        expect(nameWords(name.normalize("NFD"))).toEqual(nameWords(name.normalize("NFC")));
        for (const word of nameWords(name)) expect(fold(word)).toBe(word);
      }),
      { numRuns: 500 },
    );
  });

  it("match when each wanted word is the start of one of them", () => {
    const words = nameWords("Anna Maria Huber");
    expect(hasNameWords(words, nameWords("HUB ann"))).toBe(true);
    expect(hasNameWords(words, nameWords("anna annas"))).toBe(false);
    expect(hasNameWords(words, [])).toBe(true);
  });
});
