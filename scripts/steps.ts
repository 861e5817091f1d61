import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inParallel } from "#common/async/in-parallel.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type Counts = { passed: number; failed: number };

/** One thing to run: a script under this very Node, with its arguments. */
export type Step = {
  name: string;
  args: string[];
  environment?: Record<string, string>;
  folder?: string;
  /** What a step of many tests counts; any other step counts as one. */
  counts?: (ok: boolean) => Counts;
};

export type StepResult = { name: string; ok: boolean; seconds: number; output: string; counts: Counts };

/** Runs a step to its end; what it prints is kept, or shown while it runs. */
export const runStep = (
  { name, args, environment = {}, folder = root, counts }: Step,
  show = false,
): Promise<StepResult> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("close", (code) => {
      const ok = code === 0;
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({
        name,
        ok,
        seconds,
        output,
        counts: counts?.(ok) ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1 },
      });
    });
  });

/** A line for the step: how it ended, how many tests it counts where they are many, how long it took. */
export const printStep = ({ name, ok, seconds, output, counts: { passed, failed } }: StepResult): void => {
  const tests = passed + failed > 1 ? `${passed + failed} tests` : "";
  console.log(
    `${ok ? "passed" : "FAILED"}  ${name.padEnd(28)} ${tests.padStart(10)} ${seconds.toFixed(1).padStart(6)} s`,
  );
  if (!ok) console.log(output.trimEnd());
};

/** Runs steps a few at a time in this order, prints each as it ends, and answers the results. */
export const runSteps = (steps: readonly Step[], parallel: number): Promise<StepResult[]> =>
  inParallel(steps, parallel, async (step) => {
    const result = await runStep(step);
    printStep(result);
    return result;
  });
