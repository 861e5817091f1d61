import { describe, expect, it } from "vitest";
import { type Columns, required } from "./columns.ts";
import { CsvFileError } from "./faults.ts";
import { type CsvFormat, type Encoding, strictFormat } from "./format.ts";
import { CsvReader } from "./reader.ts";

/** As lenient as a format can be. */
const LENIENT = {
  ...strictFormat({
    memberId: required({ kind: "id" }),
    group: required({ kind: "text", charactersMax: 100 }),
  }),
  delimiters: [",", ";", "\t"],
  encodings: ["utf-8", "utf-16le", "utf-16be"],
  carriageReturnEndsLine: true,
  foldColumnNames: true,
  badBytes: "file",
  codes: { ENCODING: "ENCODING_UNKNOWN", FIELD_COUNT: "FIELDS" },
} as const satisfies CsvFormat<Columns>;

const read = (bytes: Uint8Array, size: number, format: CsvFormat<Columns> = LENIENT, encoding?: Encoding) => {
  const reader = new CsvReader(format, { nowMs: 0, ...(encoding ? { encoding } : {}) });
  const rows = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)));
  rows.push(...reader.end());
  return { reader, rows };
};

const shown = (bytes: Uint8Array, size = 3, encoding?: Encoding) =>
  read(bytes, size, LENIENT, encoding).rows.map(({ line, values, faults }) => [
    line,
    values ? `${values.memberId} ${values.group}` : (faults?.[0]?.code ?? ""),
  ]);

const fault = (bytes: Uint8Array, encoding?: Encoding) => {
  try {
    read(bytes, 5, LENIENT, encoding);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    const { code, line, message } = error;
    return { code, line, message };
  }
  return undefined;
};

const TEXT = 'MemberID,GROUP\r\nm1,Café 😀\n\nm2,"two\r\nlines"\nm3\nm4,x';
const ROWS = [
  [2, "m1 Café 😀"],
  [4, "m2 two\r\nlines"],
  [6, "FIELDS"],
  [7, "m4 x"],
];

const utf16 = (text: string, encoding: "utf-16le" | "utf-16be"): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
};

describe("a lenient format", () => {
  it.each(["utf-16le", "utf-16be"] as const)("reads %s by its mark, in pieces of any size", (encoding) => {
    for (const size of [1, 2, 3, 1_000]) expect(shown(utf16(TEXT, encoding), size)).toEqual(ROWS);
  });

  it.each([",", ";", "\t"])("learns from the header what parts values (%j)", (delimiter) => {
    expect(shown(Buffer.from(TEXT.replaceAll(",", delimiter)))).toEqual(ROWS);
  });

  it("takes a carriage return alone for the end of a line, and counts it", () => {
    const text = 'memberId,group\rm1,a\r\rm2,"b\rc"\rm3,d';

    for (const size of [1, 4, 100]) {
      expect(shown(Buffer.from(text), size)).toEqual([
        [2, "m1 a"],
        [4, "m2 b\rc"],
        [6, "m3 d"],
      ]);
    }
  });

  it("reads Windows-1252 when it is asked to, and never guesses", () => {
    const bytes = Buffer.concat([
      Buffer.from("memberId,group\nm1,10 "),
      Buffer.from([0x80, 0xe9]),
      Buffer.from("\n"),
    ]);

    expect(shown(bytes, 3, "windows-1252")).toEqual([[2, "m1 10 €é"]]);
    expect(fault(bytes)).toMatchObject({
      code: "ENCODING_UNKNOWN",
      line: 2,
      message: expect.stringContaining("byte 22 "),
    });
  });

  it("fails where UTF-16 is cut off or has half a character", () => {
    expect(fault(utf16("memberId,group\nm1,a", "utf-16le").subarray(0, -1))?.code).toBe("ENCODING_UNKNOWN");
    expect(fault(utf16("memberId,group\nm1,\ud83d\n", "utf-16le"))?.code).toBe("ENCODING_UNKNOWN");
  });

  it.each(["utf-8", "utf-16le", "utf-16be"] as const)("goes on from a checkpoint in %s", (encoding) => {
    const bytes = encoding === "utf-8" ? Buffer.from(`\ufeff${TEXT}`) : utf16(TEXT, encoding);
    const { reader, rows } = read(bytes, 1_000);

    const rests = rows.map((row) => {
      const from = reader.checkpoint(row);
      if (from === undefined) throw new Error("there is a header");
      const second = new CsvReader<Columns>(LENIENT, { nowMs: 0, from });
      return [...second.push(bytes.subarray(from.offset)), ...second.end()].map(({ line }) => line);
    });

    const lines = rows.map(({ line }) => line);
    expect(rests).toEqual(lines.map((_, index) => lines.slice(index + 1)));
  });

  it("refuses values and rows beyond their limits", () => {
    const limits = { ...LENIENT.limits, valueBytes: 5, rowBytes: 20 };
    const text = `memberId,group\nm1,12345\nm1,123456\nm1,ééé\nm1,"${"x".repeat(30)}"\nm1,é\n`;
    const { rows } = read(Buffer.from(text), 1_000, { ...LENIENT, limits });

    expect(rows.map(({ faults }) => faults?.map(({ column, code }) => [column, code]))).toEqual([
      undefined,
      [["group", "TOO_LONG"]],
      [["group", "TOO_LONG"]],
      [[null, "ROW_TOO_LARGE"]],
      undefined,
    ]);
  });
});
