import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isMet, table } from "./row.ts";
import { runBenchmark } from "./run-benchmark.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

const row = { what: "a", against: "b", ours: 1, theirs: 2, unit: "ms", ratio: 0.5, goal: "≤ 0.4" };

/** A child that does this, after it has said what it was asked for. */
const run = (source: string) => {
  const child = join(folder, "child.mjs");
  writeFileSync(child, source);
  return runBenchmark("token", child);
};

describe("a benchmark", () => {
  it("gives its rows, a missed goal among them, and ends although something still holds it", async () => {
    const outcome = await run(
      `setInterval(() => {}, 1000); process.send([${JSON.stringify(row)}], () => process.exit());`,
    );

    expect(outcome).toEqual({ name: "token", rows: [row] });
  });

  it.each([
    ["throws", 'throw new Error("the writers did not write the same items");', "did not write the same"],
    ["ends early", "process.exit(3);", "it ended with 3"],
    ["has no rows", "process.send([], () => process.exit());", "it ended with 0"],
    [
      "measured nothing",
      `process.send([{ ...${JSON.stringify(row)}, ratio: NaN }], () => process.exit());`,
      "no ratio was measured of a",
    ],
  ])("that %s has failed, and says why", async (_, source, reason) => {
    expect((await run(source)).failure).toContain(reason);
  });

  it("may give a figure alone, without a peer and a goal", async () => {
    const outcome = await run(
      `process.send([{ ...${JSON.stringify(row)}, theirs: NaN, ratio: NaN, goal: "–" }], () => process.exit());`,
    );

    expect(outcome.failure).toBe(undefined);
    expect(table(outcome.rows)).toMatch(/1\.00 +– +ms +– +– +–$/);
  });

  it("has a process of its own, so that the environment of one is not another's", async () => {
    await run(`process.env.AWS_REGION = "elsewhere"; process.send([${JSON.stringify(row)}]);`);

    const { rows } = await run(
      `process.send([{ ...${JSON.stringify(row)}, what: String(process.env.AWS_REGION) }]);`,
    );

    expect(rows[0]?.what).toBe(String(process.env.AWS_REGION));
  });
});

it("the table says of each row whether its goal was met", () => {
  expect([0.4, 0.41].map((ratio) => isMet({ ratio, goal: "≤ 0.4" }))).toEqual([true, false]);
  expect([1.39, 1.4].map((ratio) => isMet({ ratio, goal: "≥ 1.4" }))).toEqual([false, true]);
  expect(isMet({ ratio: 1, goal: "–" })).toBe(undefined);
  expect(table([row])).toMatch(/ratio +goal +met\na +b +1\.00 +2\.00 +ms +0\.500 +≤ 0\.4 +NO$/);
});
