import { describe, expect, it } from "vitest";
import { sizeReport } from "./size-report.ts";

const zip = (bytes: number, sha256 = `${bytes}`) => ({ zip: "x.zip", sha256, bytes });

describe("the size report", () => {
  it("shows each function's size, and what became of it", () => {
    const base = { grew: zip(1000), shrank: zip(2000), same: zip(5), gone: zip(7) };
    const own = { grew: zip(1234), shrank: zip(1900), same: zip(5), fresh: zip(1) };

    expect(sizeReport(base, own).split("\n")).toEqual([
      "Functions whose code changes: fresh, gone, grew, shrank.",
      "",
      "| function | base, bytes | here, bytes | change |",
      "| --- | ---: | ---: | ---: |",
      "| fresh |  | 1 | new |",
      "| gone | 7 |  | removed |",
      "| grew | 1,000 | 1,234 | +234 (+23.4 %) |",
      "| same | 5 | 5 |  |",
      "| shrank | 2,000 | 1,900 | −100 (−5.0 %) |",
      "",
    ]);
  });

  it("distinguishes other code of the same size from the same code", () => {
    expect(sizeReport({ a: zip(1, "x") }, { a: zip(1, "y") })).toContain("changes: a.");
    expect(sizeReport({ a: zip(1, "x") }, { a: zip(1, "x") })).toContain("changes: none.");
  });
});
