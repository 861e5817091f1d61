import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storedText } from "#common/csv/testing/stored-text.ts";
import type { ExportedEvent } from "./formats.ts";
import { FORMATS, fileNameOf } from "./formats.ts";

const event = (more: Partial<ExportedEvent> = {}): ExportedEvent => ({
  eventId: "e-1",
  organizationId: "demo",
  customerId: "c-1",
  type: "opened",
  description: "Savings account",
  date: "2025-01-31T12:00:00.000Z",
  recordedAt: "2025-01-31T12:00:01.000Z",
  chain: { epoch: 1, number: 2, sequence: 3, hash: "abc", previousHash: "def" },
  ...more,
});

/** RFC 4180, as a reader would do it. */
const parseCsv = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== "");
};

describe("events as CSV", () => {
  it("has a header, an event a row, and the place in the chain", () => {
    const { head, row } = FORMATS.csv;
    const full = {
      actor: "ann",
      detail: { amount: "20.00" },
      recordedBy: "alice",
      targets: [{ type: "account", id: "a-1" }],
      transactionId: "t-1",
    };

    expect(parseCsv(head + row(event(full)))).toEqual([
      [
        "eventId",
        "customerId",
        "type",
        "description",
        "date",
        "actor",
        "detail",
        "recordedAt",
        "chainEpoch",
        "chainNumber",
        "chainSequence",
        "chainHash",
        "chainPreviousHash",
        "recordedBy",
        "targets",
        "transactionId",
      ],
      [
        "e-1",
        "c-1",
        "opened",
        "Savings account",
        "2025-01-31T12:00:00.000Z",
        "ann",
        '{"amount":"20.00"}',
        "2025-01-31T12:00:01.000Z",
        "1",
        "2",
        "3",
        "abc",
        "def",
        "alice",
        '[{"type":"account","id":"a-1"}]',
        "t-1",
      ],
    ]);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])(
    "keeps %j from being a formula",
    (text) => {
      const [cells] = parseCsv(FORMATS.csv.row(event({ description: text })));

      expect(cells?.[3]).toBe(`'${text}`);
    },
  );

  it("gives back every text, whatever it holds", () => {
    const text = fc.string({ unit: fc.constantFrom(..."=+-@'\",\r\n\t aé😀") });
    fc.assert(
      fc.property(text, text, (description, actor) => {
        const rows = parseCsv(FORMATS.csv.row(event({ description, actor })) + FORMATS.csv.row(event()));

        expect(rows).toHaveLength(2);
        expect(storedText(rows[0]?.[3] ?? "")).toBe(description);
        expect(storedText(rows[0]?.[5] ?? "")).toBe(actor);
      }),
    );
  });
});

describe("events as NDJSON", () => {
  it("has an event a line, with all that its hash covers", () => {
    const whole = event({ description: "two\nlines", salt: "AAAAAAAAAAAAAAAAAAAAAA" });
    const line = FORMATS.ndjson.row(whole);

    expect(line.split("\n")).toHaveLength(2);
    expect(JSON.parse(line)).toEqual(whole);
  });

  it("is named after the organization and the day", () => {
    expect(fileNameOf("demo", "ndjson", "2025-01-31T12:00:00.000Z")).toBe("events-demo-2025-01-31.ndjson");
  });
});
