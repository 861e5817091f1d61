import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyCodes, currencyDecimals } from "./currencies.ts";
import { compareDecimals, isDecimal } from "./decimal.ts";

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
  it.each(["", "+5", "5.", ".5", "1e3", "1,000", "(5)", " 5", "5 ", "--5", "1234567890123456", "٥"])(
    "is not %j",
    (text) => {
      expect(isDecimal(text)).toBe(false);
    },
  );

  it.each(["0", "-5.1", "007", "999999999999999.999"])("is %j", (text) => {
    expect(isDecimal(text)).toBe(true);
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
