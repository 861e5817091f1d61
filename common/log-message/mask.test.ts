import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MASKED, makeMask } from "./mask.ts";
import { isSuspect } from "./suspect.ts";

const mask = makeMask();

/** 13 to 19 digits that begin with 2 to 6 and pass the Luhn check. */
const card = fc
  .tuple(fc.integer({ min: 2, max: 6 }), fc.array(fc.nat(9), { minLength: 11, maxLength: 17 }))
  .map(([first, rest]) => {
    const digits = [first, ...rest];
    const sum = digits.reduce((total, digit, at) => {
      const doubled = (digits.length - at) % 2 === 1 ? digit * 2 : digit;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return [...digits, (10 - (sum % 10)) % 10].join("");
  });

/** The digits with gaps between some of them. */
const written = fc
  .tuple(
    card,
    fc.array(fc.constantFrom("", "", " ", "-", " - ", "\u00a0", "\u2011", "\u2013", "\n"), { minLength: 18 }),
  )
  .map(([digits, gaps]) =>
    [...digits].map((digit, at) => (at === 0 ? digit : gaps[at - 1] + digit)).join(""),
  );

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

describe("masking a text", () => {
  it("leaves no card, however its digits are parted and whatever stands around it", () => {
    const around = fc.string({ maxLength: 20 }).filter((text) => !/[\d]/.test(text));
    fc.assert(
      fc.property(around, written, around, (before, number, after) => {
        // What stands around must not lengthen the number.
        const text = `${before}:${number}:${after}`;

        expect(isSuspect(text)).toBe(true);
        expect(mask.text(text)).toContain(`:${MASKED}:`);
      }),
    );
  });

  it("finds a card between other numbers", () => {
    expect(mask.text("order 12 4111 1111 1111 1111 123 of 2026")).toBe(`order 12 ${MASKED} 123 of 2026`);
  });

  it.each([
    ["12 digits", "411111111111"],
    ["a failing check", "4111111111111112"],
    ["a first digit that no card has", "1111111111111117"],
    ["20 digits", "41111111111111111111"],
    ["Unix milliseconds", "1795192381123"],
    ["a UUID", "0199aa5b-1a2b-7abc-8def-001122334455"],
  ])("leaves %s", (_, text) => {
    expect(mask.text(text)).toBe(text);
  });

  it("takes out bearer tokens and JWTs", () => {
    expect(mask.text("Authorization: bearer abc.DEF-1~2 and more")).toBe(
      `Authorization: bearer ${MASKED} and more`,
    );
    expect(mask.text(`token=${jwt}&x=1`)).toBe(`token=${MASKED}&x=1`);
  });

  it("changes nothing that is masked already", () => {
    fc.assert(
      fc.property(fc.oneof(written, fc.string(), fc.constant(`Bearer ${jwt}`)), (text) => {
        const once = mask.text(text);

        expect(mask.text(once)).toBe(once);
      }),
    );
  });
});

describe("masking a value", () => {
  it.each([
    "password",
    "userPassword",
    "accessToken",
    "API_KEY",
    "api-key",
    "Authorization",
    "client_secret",
    "ssn",
    "customerSSN",
    "cardNumber",
    "card_number",
    "cvv",
    "set-cookie",
  ])("takes out what stands under %s, at any depth", (name) => {
    const value = { outer: [{ [name]: { deep: "s3cret" } }, { [name]: 7 }] };

    expect(JSON.stringify(mask.value(value))).toBe(
      JSON.stringify({ outer: [{ [name]: MASKED }, { [name]: MASKED }] }),
    );
  });

  it.each(["className", "companion", "session", "expanded", "discard"])(
    "leaves what stands under %s",
    (name) => {
      const value = { [name]: "kept" };

      expect(mask.value(value)).toBe(value);
    },
  );

  it("masks names of its user's own, however they are written", () => {
    expect(makeMask({ keys: ["memberPin"] }).value({ member_pin: "1234", pin: "1" })).toEqual({
      member_pin: MASKED,
      pin: "1",
    });
  });

  it("masks numbers and names that are cards, and loses no field by it", () => {
    expect(mask.value({ n: 4111111111111111, 4111111111111111: 1, 5555555555554444: 2 })).toEqual({
      n: MASKED,
      [MASKED]: 1,
      [`${MASKED}'`]: 2,
    });
  });

  it("answers the very same value when there is nothing to mask", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!isSuspect(JSON.stringify(value)));

        expect(mask.value(value)).toBe(value);
      }),
    );
  });

  it("is needed only for JSON that is suspect", () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom("password", "PWD", "tokens", "Cvv2", "x-api key", "ssn"),
    );
    const text = fc.oneof(fc.string(), written, fc.constant(jwt), fc.constant("BEARER x1"));
    fc.assert(
      fc.property(fc.dictionary(name, text), (value) => {
        const masked = JSON.stringify(mask.value(value));

        if (masked !== JSON.stringify(value)) expect(isSuspect(JSON.stringify(value))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
