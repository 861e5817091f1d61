import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MASKED, makeMask } from "./mask.ts";
import { isSuspect } from "./suspect.ts";
import { bearerTokens, jwts, writtenCards } from "./testing/secrets.ts";

const mask = makeMask({ keys: ["pin"] });

/** Text that neither begins nor ends with a digit, so that it adds none to a number beside it. */
const words = fc.string().filter((text) => !/^[\d]|[\d]$/.test(text));

const withoutGaps = (text: string) => text.replace(/[\s\p{Pd}\u200b]/gu, "");

describe("card numbers", () => {
  it.each([
    ["paid with 4111111111111111", `paid with ${MASKED}`],
    ["4111 1111 1111 1111, 5500-0000-0000-0004", `${MASKED}, ${MASKED}`],
    ["card 3782 822463 10005 05/28", `card ${MASKED} 05/28`],
    ["order 12 4111 1111 1111 1111 123", `order 12 ${MASKED} 123`],
    ["4\u00a01\t1\n1 - 1111\u20111111\u20131111", MASKED],
    ["(2223000048400011)", `(${MASKED})`],
  ])("of %j leave %j", (text, expected) => {
    expect(mask.text(text)).toBe(expected);
  });

  it.each([
    "4111111111111112",
    "1763742781000",
    "7111111111111111",
    "411111111111",
    "order 12345678901234567890123",
    "2026-11-21T16:33:01.123Z",
    "550e8400-e29b-41d4-a716-446655440000",
  ])("are not seen in %s", (text) => {
    expect(mask.text(text)).toBe(text);
  });

  it("are hidden by no gaps, and by no text and numbers around them", () => {
    const around = fc.oneof(words, fc.constantFrom("12 ", "x1-", " 99", "-7", "\u00a05 "));
    fc.assert(
      fc.property(around, writtenCards, around, (before, { digits, written }, after) => {
        fc.pre(!/\d$/.test(before) && !/^\d/.test(after));
        expect(withoutGaps(mask.text(before + written + after))).not.toContain(digits);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are found as numbers, too", () => {
    expect(mask.value({ a: 4111111111111111, b: 4111111111111112, c: 0.4111111111111111 })).toEqual({
      a: MASKED,
      b: 4111111111111112,
      c: 0.4111111111111111,
    });
    const written = '{"a":4.111111111111111e15,"b":[4111111111111111.0]}';
    expect(isSuspect(written)).toBe(true);
    expect(mask.value(JSON.parse(written))).toEqual({ a: MASKED, b: [MASKED] });
  });
});

describe("tokens in text", () => {
  it("are gone, whatever stands around them", () => {
    fc.assert(
      fc.property(words, jwts, bearerTokens, words, (before, jwt, token, after) => {
        const masked = mask.text(`${before} ${jwt} and Bearer ${token}\u0000${after}`);

        expect(masked).not.toContain(jwt);
        expect(masked).not.toContain(jwt.split(".")[2]);
        expect(masked).not.toContain(` ${token}`);
      }),
    );
  });
});

describe("values of secret keys", () => {
  it.each([
    "password",
    "userPassword",
    "PASSWORD",
    "access_token",
    "X-Api-Key",
    "Authorization",
    "proxy-authorization",
    "set-cookie",
    "ssn",
    "memberSSN",
    "cardNumber",
    "card number",
    "clientSecret",
    "cvv",
    "pin",
    "card_pin",
  ])("%s", (key) => {
    expect(mask.value({ [key]: { a: 1 }, other: 1 })).toEqual({ [key]: MASKED, other: 1 });
    expect(isSuspect(key) || /pin/i.test(key)).toBe(true);
  });

  it.each(["className", "author", "passenger", "shipping", "session", "spinner"])("not of %s", (key) => {
    expect(mask.value({ [key]: "x" })).toEqual({ [key]: "x" });
  });

  it("nothing stays nothing", () => {
    expect(mask.value({ password: null })).toEqual({ password: null });
  });

  it("go, and keys that are secrets themselves do not stand either", () => {
    const card = "4111111111111111";

    expect(mask.value({ [card]: 1, [`${card.slice(0, 4)} ${card.slice(4)}`]: 2, other: 3 })).toEqual({
      [MASKED]: 1,
      [`${MASKED}'`]: 2,
      other: 3,
    });
  });
});

describe("JSON text", () => {
  const pieces = fc.constantFrom(
    "pass",
    "word",
    "Token",
    "auth",
    "or",
    "ization",
    "card",
    "Number",
    "no",
    "ssn",
    "pin",
    "_",
    "-",
    " ",
    "bearer",
    "abc",
    "eyJ",
    ".",
    "4111",
    "1111",
    "11111111",
    "1",
    "cvv",
    "\n",
    "\u2013",
    "\u0001",
  );
  const texts = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      texts,
      fc.integer(),
      fc.double(),
      fc.constant(null),
      tie("array"),
      tie("object"),
    ),
    array: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(texts, tie("value"), { maxKeys: 3 }),
  })).value;

  it("that is no suspect holds nothing to mask", () => {
    const usual = makeMask();
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        const parsed = JSON.parse(text);
        if (!isSuspect(text)) expect(usual.value(parsed)).toEqual(parsed);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([" ", "\n", "\t", "\u000b", "\u2028", "\u200b", "\u2011"])(
    "is a suspect where a card has gaps of %j",
    (gap) => {
      const card = ["4111", "1111", "1111", "1111"].join(gap);

      expect(isSuspect(JSON.stringify({ a: card }))).toBe(true);
      expect(mask.text(card)).toBe(MASKED);
    },
  );

  it("is a suspect when letters and digits are escaped", () => {
    const escaped = (text: string) =>
      [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

    expect(isSuspect(`["${escaped("4111111111111111")}"]`)).toBe(true);
    expect(isSuspect(`{"${escaped("password")}":"x"}`)).toBe(true);
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(values, (value) => {
        const once = mask.value(JSON.parse(JSON.stringify(value)));
        expect(mask.value(once)).toEqual(once);
      }),
    );
  });
});
