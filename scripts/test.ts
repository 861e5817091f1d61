// The whole of the tests: `npm test`. Build, checks, unit, contract and whole-system tests, and the
// Terraform checks where `terraform` is on the path. Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKS } from "./check.ts";
import { printStep, runStep, runSteps, type StepResult } from "./steps.ts";

const startedAt = performance.now();
const folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
const report = join(folder, "vitest.json");

const vitest = async (): Promise<{ passed: number; failed: number }> => {
  const result = await runStep(
    {
      name: "tests",
      args: [
        "node_modules/vitest/vitest.mjs",
        "run",
        "--reporter=dot",
        "--reporter=json",
        `--outputFile.json=${report}`,
        ...process.argv.slice(2),
      ],
    },
    true,
  );
  printStep({ ...result, output: "" });
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
    // A file that does not even load has no failed test; nor has a run that fails around its tests.
    const failed = Math.max(numFailedTests, result.ok ? 0 : Math.max(1, numFailedTestSuites > 0 ? 1 : 0));
    return { passed: numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

/** `terraform` on the path: formatting, and whatever of its checks needs nothing that is not there. */
const terraform = async (): Promise<StepResult[]> => {
  const found = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;
  if (!found) {
    console.log("left out  terraform                  it is not on the path");
    return [];
  }
  const result = await runStep({ name: "terraform", args: ["scripts/terraform/checks.ts"] }, true);
  printStep({ ...result, output: "" });
  return [result];
};

const built = await runStep({ name: "build, within the budgets", args: ["build.mjs"] });
printStep(built);
const steps: StepResult[] = [built];
let tests = { passed: 0, failed: 0 };
if (built.ok) {
  steps.push(
    ...(await runSteps(
      [
        ...CHECKS,
        { name: "the lock file", args: ["scripts/pipeline/complete-lock.ts", "--check"] },
        { name: "the table of functions", args: ["scripts/readme-functions.ts", "--check"] },
      ],
      3,
    )),
  );
  tests = await vitest();
  steps.push(...(await terraform()));
}
rmSync(folder, { recursive: true, force: true });
const failed = steps.filter(({ ok }) => !ok).length + tests.failed;
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
console.log(`${steps.length + tests.passed - (failed - tests.failed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
