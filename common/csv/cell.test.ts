import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvCellOrNumber } from "./cell.ts";
import { storedText } from "./testing/stored-text.ts";

/** The text of one cell, as a reader has it that parts cells at any of the usual separators. */
const read = (cell: string): string =>
  cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : (cell.split(/[,;\t\r\n]/)[0] ?? "");

describe("a cell of CSV", () => {
  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\t1",
    "\r1",
    "\n1",
    "'=1+1",
    "''@x",
  ])("that would be a formula (%j) begins with a quote", (text) => {
    expect(read(csvCell(text))).toBe(`'${text}`);
  });

  it.each(["'hello'", "a=b", "", "20.00", "a-b", "ann@example.org"])(
    "of other text (%j) is the text",
    (text) => {
      expect(csvCell(text)).toBe(text);
    },
  );

  it.each(["a;=1+1", "a\t=1+1", "a,=1+1", 'a";=1+1'])("stays one cell for every separator (%j)", (text) => {
    expect(csvCell(text)).toBe(`"${text.replaceAll('"', '""')}"`);
  });

  it("gives back every text", () => {
    const unit = fc.constantFrom(..."=+-@＝'\",;\r\n\t aé😀\ufeff");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        expect(storedText(read(csvCell(text)))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a cell that may be a number", () => {
  it.each(["-4.50", "0", "12345678901234567890.123", "-1"])("is the number as it is (%s)", (text) => {
    expect(csvCellOrNumber(text)).toBe(text);
  });

  it.each(["-4.50+1", "+1", "=1", "-", "-1e5", "--1", "-1 ", "@1"])(
    "is guarded where it is none (%s)",
    (text) => {
      expect(csvCellOrNumber(text)).toBe(csvCell(text));
      expect(read(csvCellOrNumber(text))).toBe(`'${text}`);
    },
  );
});
