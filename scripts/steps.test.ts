import { afterEach, describe, expect, it, vi } from "vitest";
import { runSteps, type Step } from "./steps.ts";

const printed: string[] = [];
vi.spyOn(console, "log").mockImplementation((line) => {
  printed.push(line);
});
afterEach(() => {
  printed.length = 0;
});

const step = (name: string, script: string, more: Partial<Step> = {}): Step => ({
  name,
  args: ["--eval", `console.log("said by ${name}"); console.error("warned by ${name}"); ${script}`],
  ...more,
});

describe("a step of npm test and npm run check", () => {
  it("is a line when it passes, without what it printed", async () => {
    const results = await runSteps([step("units", "", { counts: () => ({ passed: 12, failed: 0 }) })], 1);

    expect(printed).toEqual([expect.stringMatching(/^passed {2}units +12 tests +\d+\.\d s$/)]);
    expect(results).toMatchObject([{ ok: true, counts: { passed: 12, failed: 0 } }]);
  });

  it("is followed by what it printed when it fails, and the others run all the same", async () => {
    const results = await runSteps([step("types", "process.exitCode = 2"), step("lint", "")], 1);

    expect(printed).toEqual([
      expect.stringMatching(/^FAILED {2}types +\d+\.\d s$/),
      expect.stringMatching(/^(said|warned) by types\n(said|warned) by types$/),
      expect.stringMatching(/^passed {2}lint/),
    ]);
    expect(results.map(({ counts }) => counts)).toEqual([
      { passed: 0, failed: 1 },
      { passed: 1, failed: 0 },
    ]);
  });
});
