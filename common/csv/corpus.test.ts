import { describe, expect, it } from "vitest";
import { CsvFileError, type FileFaultCode, type RowFaultCode } from "./faults.ts";
import { CsvReader } from "./reader.ts";
import { type CsvRow, RAW_BYTES_MAX } from "./row.ts";
import { CORPUS, type Report } from "./testing/corpus.ts";
import { MOVEMENTS, NOW_MS } from "./testing/movements.ts";
import { piecesOf, readPieces } from "./testing/read-all.ts";
import { readByReference } from "./testing/reference.ts";

type Reading = Report & { message: string };

const read = (bytes: Buffer, size: number): Reading => {
  const reader = new CsvReader(MOVEMENTS, { nowMs: NOW_MS });
  const rejects: { line: number; faults: [string | null, string][] }[] = [];
  let accepted = 0;
  const take = (rows: readonly CsvRow<(typeof MOVEMENTS)["columns"]>[]) => {
    for (const row of rows) {
      expect(row.raw().length).toBeLessThanOrEqual(RAW_BYTES_MAX);
      if (!row.faults) accepted += 1;
      else rejects.push({ line: row.line, faults: row.faults.map(({ column, code }) => [column, code]) });
    }
  };
  try {
    for (const piece of piecesOf(bytes, size)) take(reader.push(piece));
    take(reader.end());
    return { accepted, rejects, message: "" };
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    const { code, line, message } = error;
    return { accepted, rejects, message, fault: { code, ...(line === undefined ? {} : { line }) } };
  }
};

/** Not of what is read: these come while the file is fetched or unpacked, or while more comes than may. */
const OTHER_CODES = ["UNPACKING_FAILED", "FILE_TOO_LARGE", "FILE_GONE"];

const CODES: (RowFaultCode | FileFaultCode)[] = [
  "FIELD_COUNT",
  "QUOTE_MISPLACED",
  "ROW_TOO_LARGE",
  "NOT_UTF8",
  "REQUIRED",
  "ID_INVALID",
  "DATE_INVALID",
  "AMOUNT_INVALID",
  "CURRENCY_UNKNOWN",
  "VALUE_UNKNOWN",
  "TOO_LONG",
  "CONTROL_CHARACTER",
  "FILE_EMPTY",
  "HEADER_MISSING",
  "COLUMN_MISSING",
  "COLUMN_DOUBLED",
  "TOO_MANY_COLUMNS",
  "ENCODING",
  "DELIMITER",
  "NOT_TEXT",
  "QUOTE_NOT_CLOSED",
];

describe("the corpus", () => {
  it.each(CORPUS)("gives the report of $name", ({ bytes, report }) => {
    const { message, ...reading } = read(bytes(), 64 * 1024);

    const { says = /^$/, ...fault } = report.fault ?? {};
    // Of a file with a fault the rows before it do not count: how many came out depends on the pieces.
    const accepted = report.fault ? reading.accepted : report.accepted;
    expect(reading).toEqual({ ...report, accepted, ...(report.fault ? { fault } : {}) });
    expect(message).toMatch(says);
  });

  it("gives the same reports for pieces that end at any byte", () => {
    const small = CORPUS.map((one) => ({ ...one, bytes: one.bytes() })).filter(
      ({ bytes }) => bytes.length < 2_000,
    );
    for (const { name, bytes } of small) {
      const whole = readPieces([bytes], MOVEMENTS, { nowMs: NOW_MS });
      for (let at = 1; at < bytes.length; at += 1) {
        const cut = readPieces([bytes.subarray(0, at), bytes.subarray(at)], MOVEMENTS, { nowMs: NOW_MS });
        // What came before a fault of the file depends on the pieces.
        if (cut.fault) expect(cut.fault, `${name} cut at ${at}`).toEqual(whole.fault);
        else expect(cut, `${name} cut at ${at}`).toEqual(whole);
      }
    }
  });

  it("gives what the reference gives, where a row is at fault", () => {
    for (const { name, bytes, report } of CORPUS) {
      // The reference takes all of a file into memory, and the header for a good one.
      if (report.fault || name.startsWith("row-too-large")) continue;
      const ours = readPieces([bytes()], MOVEMENTS, { nowMs: NOW_MS });
      expect(ours, name).toEqual(readByReference(bytes(), MOVEMENTS, { nowMs: NOW_MS }));
    }
  });

  it("has a file for each code that reading can end in", () => {
    const found = CORPUS.flatMap(({ report }) => [
      ...(report.fault ? [report.fault.code] : []),
      ...report.rejects.flatMap(({ faults }) => faults.map(([, code]) => code)),
    ]);

    expect(new Set(found)).toEqual(new Set(CODES.filter((code) => !OTHER_CODES.includes(code))));
  });
});
