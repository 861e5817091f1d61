// The whole of the tests: `npm test`. Build, checks, unit, contract and whole-system tests, and the
// Terraform checks where `terraform` is on the path. A line a step; what a step printed follows when it
// failed. Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKS } from "./check.ts";
import { printHelp } from "./options.ts";
import { printStep, runStep, runSteps, type Step } from "./steps.ts";

if (printHelp("test", process.argv)) process.exit();
const startedAt = performance.now();
const folder = mkdtempSync(join(tmpdir(), "millrace-test-"));

/** What vitest's own report says of a run; a run that fails around its tests counts as one failure. */
const countsOf = (report: string, ok: boolean): { passed: number; failed: number } => {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failed: Math.max(numFailedTests, ok && !numFailedTestSuites ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

/** The tests of two projects of vitest.config.ts: those that share their modules, and those that do not. */
const tests = (project: string, name: string): Step => {
  const report = join(folder, `${project}.json`);
  return {
    name,
    args: [
      "node_modules/vitest/vitest.mjs",
      "run",
      `--project=${project}`,
      `--project=${project} alone`,
      "--passWithNoTests",
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    counts: (ok) => countsOf(report, ok),
  };
};

// The longest first, so that no worker is still at work on it when the others are done.
const STEPS: Step[] = [
  tests("system", "whole system"),
  tests("unit", "units"),
  tests("port", "local AWS and gateway"),
  ...CHECKS,
  { name: "the lock file", args: ["scripts/pipeline/complete-lock.ts", "--check"] },
  { name: "the table of functions", args: ["scripts/readme-functions.ts", "--check"] },
];

const built = await runStep({ name: "build, within the budgets", args: ["build.mjs"] });
printStep(built);
const results = [built];
if (built.ok) {
  if (spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0) {
    STEPS.push({ name: "terraform", args: ["scripts/terraform/checks.ts"] });
  } else {
    console.log("left out  terraform                       it is not on the path");
  }
  // One worker more than cores, because tests also wait; not many more, because they have deadlines.
  results.push(...(await runSteps(STEPS, Math.min(4, availableParallelism() + 1))));
}
rmSync(folder, { recursive: true, force: true });
const sum = (of: "passed" | "failed") => results.reduce((total, { counts }) => total + counts[of], 0);
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
