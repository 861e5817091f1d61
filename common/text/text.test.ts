import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "./fold.ts";
import { hasWordStarts, wordsOf } from "./words.ts";

const LAST_CODE_POINT = 0x10ffff;

describe("folding a text", () => {
  it.each([
    ["Straße", "strasse"],
    ["STRAẞE", "strasse"],
    ["Café CAFE", "cafe cafe"],
    ["İstanbul ıstanbul", "istanbul istanbul"],
    ["ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"],
    ["ﬁrst Ｆｉｒｓｔ", "first first"],
    ["Łukasz Ørsted Æsir", "lukasz orsted aesir"],
  ])("makes %s %s", (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it("changes nothing more when done again, and does not see case, for every character there is", () => {
    const wrong: string[] = [];
    for (let code = 0; code <= LAST_CODE_POINT; code += 1) {
      const character = String.fromCodePoint(code);
      const folded = fold(character);
      if (fold(folded) !== folded) wrong.push(`${code.toString(16)} again`);
      if (fold(character.toUpperCase()) !== folded) wrong.push(`${code.toString(16)} upper`);
      if (fold(character.toLowerCase()) !== folded) wrong.push(`${code.toString(16)} lower`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("the words of a text", () => {
  it("are folded, each once, in their order", () => {
    expect(wordsOf("Zoë's 20.00 zoe, Closed_account!")).toEqual([
      "zoe",
      "s",
      "20",
      "00",
      "closed",
      "account",
    ]);
    expect(wordsOf(" - 😀 ! ")).toEqual([]);
  });

  it.each([
    ["closed acc", true],
    ["ACCOUNT the", true],
    ["osed", false],
    ["count", false],
    ["20.00", true],
    ["0", true],
    ["strasse", true],
    ["", true],
  ])("%j all start words of a description: %j", (search, expected) => {
    expect(hasWordStarts("Closed the áccount at Straße 4: 20.00", wordsOf(search))).toBe(expected);
  });

  it("start one of the text's words exactly when the text has a word that starts so", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "é", "ß", "ẞ", " ", "-", "7", "𝒜", "王"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, (description, search) => {
        const words = wordsOf(description);
        const expected = wordsOf(search).every((start) => words.some((word) => word.startsWith(start)));

        expect(hasWordStarts(description, wordsOf(search))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
