import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyCodes, currencyDecimals } from "./currencies.ts";
import { canonicalDecimal, compareDecimals, isDecimal } from "./decimal.ts";

const amount = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.stringMatching(/^\d{0,3}$/))
  .map(([minus, whole, fraction]) => `${minus ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`);

describe("a currency", () => {
  it.each([
    ["JPY", 0],
    ["EUR", 2],
    ["KWD", 3],
    ["CLF", 4],
  ])("%s has %d decimals", (code, decimals) => {
    expect(currencyDecimals(code)).toBe(decimals);
  });

  it.each(["eur", "EURO", "XXX", "XAU", "", "toString"])("is not %j", (code) => {
    expect(currencyDecimals(code)).toBeUndefined();
  });

  it("is three capital letters, and stands in the table once", () => {
    expect(currencyCodes().filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(new Set(currencyCodes()).size).toBe(currencyCodes().length);
  });
});

describe("a decimal", () => {
  it.each([
    ["5", 2, "5.00"],
    ["-5.1", 2, "-5.10"],
    ["007.5", 2, "7.50"],
    ["000", 0, "0"],
    ["-0.00", 2, "0.00"],
    ["999999999999999.999", 3, "999999999999999.999"],
  ])("%s with %d decimals is %s", (text, decimals, canonical) => {
    expect(canonicalDecimal(text, decimals)).toBe(canonical);
  });

  it.each(["", "+5", "5.", ".5", "1e3", "1,000", "(5)", " 5", "5 ", "--5", "1234567890123456", "٥", "5.001"])(
    "with two decimals is not %j",
    (text) => {
      expect(canonicalDecimal(text, 2)).toBeUndefined();
    },
  );

  it("keeps its value, however it is filled up, and stays as it is when it is filled up again", () => {
    fc.assert(
      fc.property(amount, (text) => {
        const filled = canonicalDecimal(text, 3) ?? "";

        expect(isDecimal(filled)).toBe(true);
        expect(compareDecimals(filled, text)).toBe(0);
        expect(canonicalDecimal(filled, 3)).toBe(filled);
      }),
    );
  });

  it("is compared as the whole numbers of thousandths are", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.bigInt(), (one, step) => {
        const text = (thousandths: bigint) => {
          const digits = String(thousandths < 0n ? -thousandths : thousandths).padStart(4, "0");
          return `${thousandths < 0n ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`;
        };
        const other = one + (step % 3n);

        expect(compareDecimals(text(one), text(other))).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });
});
