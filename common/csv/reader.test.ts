import { describe, expect, it } from "vitest";
import { optional, required, withDefault } from "./columns.ts";
import { CsvFileError } from "./faults.ts";
import { strictFormat } from "./format.ts";
import { CsvReader } from "./reader.ts";
import { rejectedRow } from "./row.ts";

const format = strictFormat({
  accountId: required({ kind: "id" }),
  transactionId: optional({ kind: "foreignId", charactersMax: 255 }),
  postedAt: required({ kind: "instant" }),
  amount: required({ kind: "amount", currencyColumn: "currency" }),
  currency: withDefault({ kind: "currency" }, "USD"),
  description: required({ kind: "text", charactersMax: 1_000 }),
});
const nowMs = Date.UTC(2026, 10, 21);

const HEADER = "accountId,postedAt,amount,description,branch\n";

const read = (text: string | Buffer, piece = 7) => {
  const reader = new CsvReader(format, { nowMs });
  const bytes = Buffer.from(text);
  const rows = [];
  for (let at = 0; at < bytes.length; at += piece) rows.push(...reader.push(bytes.subarray(at, at + piece)));
  return [...rows, ...reader.end()];
};

const fileFault = (text: string | Buffer): unknown => {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return { code: error.code, line: error.line };
  }
};

describe("reading a file", () => {
  it("gives exact values, and columns that the schema does not know as extra", () => {
    const rows = read(
      `${HEADER}A1,2026-03-01,5,"Coffee, ""black""",north\r\n\nA2,2026-03-01T01:00:00+02:00,-0012.5,Zoë,`,
    );

    expect(rows.map(({ line, values }) => ({ line, values: { ...values } }))).toEqual([
      {
        line: 2,
        values: {
          accountId: "A1",
          transactionId: undefined,
          postedAt: "2026-03-01T00:00:00.000Z",
          amount: "5.00",
          currency: "USD",
          description: 'Coffee, "black"',
          extra: { branch: "north" },
        },
      },
      {
        line: 4,
        values: {
          accountId: "A2",
          transactionId: undefined,
          postedAt: "2026-02-28T23:00:00.000Z",
          amount: "-12.50",
          currency: "USD",
          description: "Zoë",
          extra: undefined,
        },
      },
    ]);
  });

  it("names every fault of a row with its line and column, and goes on", () => {
    const rows = read(`${HEADER}-,2026-02-30,1e5,,\nA1,2026-03-01,1,ok,\n`);

    expect(rows.map((row) => row.faults && rejectedRow(row))).toMatchObject([
      {
        line: 2,
        raw: "-,2026-02-30,1e5,,",
        errors: [
          { column: "accountId", code: "ID_INVALID" },
          { column: "postedAt", code: "DATE_INVALID" },
          { column: "amount", code: "AMOUNT_INVALID" },
          { column: "description", code: "REQUIRED" },
        ],
      },
      undefined,
    ]);
  });

  it("fails as a whole, with the line, where a quote is never closed", () => {
    expect(
      fileFault(`${HEADER}A1,2026-03-01,1,"a\nb",\nA1,2026-03-01,1,"never\n${"x\n".repeat(2_000_000)}`),
    ).toEqual({
      code: "QUOTE_NOT_CLOSED",
      line: 4,
    });
  });

  it("goes on after each row from its checkpoint as if it had never stopped", () => {
    const bytes = Buffer.from(
      `\ufeff${HEADER}A1,2026-03-01,1,"a\n""b",\n\r\nA2,2026-03-01,1,é"é,\nA3,2026-03-02,3,c,d`,
    );
    const whole = read(bytes).map(({ line, values, faults }) => ({ line, values, faults }));

    const reader = new CsvReader(format, { nowMs });
    const rows = [...reader.push(bytes), ...reader.end()];
    const rests = rows.map((row) => {
      const from = reader.checkpoint(row);
      if (from === undefined) throw new Error("there is a header");
      const second = new CsvReader(format, { nowMs, from: JSON.parse(JSON.stringify(from)) });
      return [...second.push(bytes.subarray(from.offset)), ...second.end()].map(
        ({ line, values, faults }) => ({ line, values, faults }),
      );
    });

    expect(rests).toEqual(whole.map((_, index) => whole.slice(index + 1)));
  });
});
