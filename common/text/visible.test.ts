import { describe, expect, it } from "vitest";
import { isVisible } from "./visible.ts";

describe("a visible text", () => {
  it.each(["a", " a ", "0", "-", "\u200b😀", "李", "ة", "\u00adx", "\ue000"])("is %j", (text) => {
    expect(isVisible(text)).toBe(true);
  });

  it.each([
    "",
    " ",
    "\t\n",
    "\u00a0\u2003\u3000", // white space
    "\u0000\u007f\u0085", // control characters
    "\u200b\u200d\u2060\ufeff\u00ad\u202e", // format characters
    "\u2028\u2029", // separators
    "\u115f\u1160\u3164\uffa0", // Hangul fillers
    "\ufe0f\u034f\u180e", // selectors and joiners
    "\u2800", // the empty Braille pattern
    "\ud800", // half a character
  ])("is not %j", (text) => {
    expect(isVisible(text)).toBe(false);
  });
});
