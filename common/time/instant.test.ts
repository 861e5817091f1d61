import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf, toUtc } from "./instant.ts";

const two = (number: number) => String(number).padStart(2, "0");

describe("an instant", () => {
  it("of any real time and offset is the one that Date reads", () => {
    const minutes = fc.integer({ min: -1439, max: 1439 });
    const instants = fc.date({
      min: new Date("0001-01-03T00:00:00.000Z"),
      max: new Date("9999-12-29T00:00:00.000Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, minutes, (date, ahead) => {
        const local = new Date(date.getTime() + ahead * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(ahead);
        const offset = `${ahead < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;

        expect(instantOf(`${local}${offset}`)).toBe(date.getTime());
        expect(toUtc(`${local}${offset}`)).toBe(date.toISOString());
        expect(toUtc(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });

  it("of every day that is written is one exactly when the calendar has it", () => {
    for (const year of [1, 4, 100, 400, 1899, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999]) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const text = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T12:00:00.000Z`;
          const date = new Date(text);
          const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === text;

          expect(instantOf(text), text).toBe(isReal ? date.getTime() : undefined);
        }
      }
    }
  });

  it.each([
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
    ["2025-01-31T12:00:00.1Z", "2025-01-31T12:00:00.100Z"],
    ["2025-01-31T12:00:00.123456789Z", "2025-01-31T12:00:00.123Z"],
    ["2025-01-31T12:00:00.9999Z", "2025-01-31T12:00:00.999Z"],
    ["2025-01-31T12:00:00-00:00", "2025-01-31T12:00:00.000Z"],
    ["2025-01-01T00:30:00+01:00", "2024-12-31T23:30:00.000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("%s is %s", (text, utc) => {
    expect(toUtc(text)).toBe(utc);
  });

  it.each([
    "",
    "2025-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2016-12-31T23:59:60Z",
    "2025-01-31T24:00:00Z",
    "2025-01-31T12:60:00Z",
    "2025-01-31T12:00:00",
    "2025-01-31",
    "2025-01-31 12:00:00Z",
    "2025-01-31t12:00:00z",
    "2025-01-31T12:00:00.Z",
    "2025-01-31T12:00:00.1234567890Z",
    "2025-01-31T12:00:00,5Z",
    "2025-01-31T12:00:00+0100",
    "2025-01-31T12:00:00+24:00",
    "2025-01-31T12:00:00+01:60",
    "2025-01-31T12:00:00ZZ",
    "2025-01-31T12:00:00Z ",
    " 2025-01-31T12:00:00Z",
    "2025-1-31T12:00:00Z",
    "-2025-01-31T12:00:00Z",
    "+12025-01-31T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "２０２５-01-31T12:00:00Z",
  ])("%j is none", (text) => {
    expect(instantOf(text)).toBeUndefined();
  });
});
