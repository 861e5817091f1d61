import { describe, expect, it } from "vitest";
import { wordFaults } from "./words.ts";

describe("the words of comments and of tests' names", () => {
  it.each([
    ["a.ts", `const a = 1; ${"//"} Whoever reads this.`],
    ["a.ts", "/** A job that nobody started. */"],
    ["a.ts", "/**\n * First line.\n * It is told of the change.\n */"],
    ["a.test.ts", '  it("tells the queue first", () => {'],
    ["a.test.ts", '  ])("is nobody when it is %j", (sub) => {'],
    ["a.test.ts", '  it.each([1])(\n    "is told %s",'],
    ["table-contract.ts", '    describe("a lane", () => {'],
    ["main.tf", "  # Nobody's key."],
    ["main.tf", '  resources = ["*"] # Known to nobody before.'],
  ])("are refused in %s: %s", (file, text) => {
    const faults = wordFaults(file, text);

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("; better: ");
  });

  it.each([
    ["a.ts", 'const text = "Nobody is there."; const tell = 1;'],
    ["a.ts", '  it("tells the queue first", () => {'],
    ["a.test.ts", '  expect(found).toBe("told");'],
    ["a.ts", "// A satellite is not one of them; neither is an airplane."],
    ["main.tf", 'description = "Whoever"'],
  ])("are free outside of comments and names, and as parts of other words: %s %s", (file, text) => {
    expect(wordFaults(file, text)).toEqual([]);
  });
});
