import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** One thing to run: a script under this very Node, with its arguments. */
export type Step = { name: string; args: string[]; environment?: Record<string, string>; folder?: string };

export type StepResult = { name: string; ok: boolean; seconds: number; output: string };

/** Runs a step to its end; what it prints is kept, or shown while it runs. */
export const runStep = (
  { name, args, environment = {}, folder = root }: Step,
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
      resolve({ name, ok: code === 0, seconds: (performance.now() - startedAt) / 1000, output });
    });
  });

export const printStep = ({ name, ok, seconds, output }: StepResult): void => {
  console.log(`${ok ? "passed" : "FAILED"}  ${name.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s`);
  if (!ok) console.log(output.trimEnd());
};

/** Runs steps a few at a time, prints each as it ends, and tells how many failed. */
export const runSteps = async (steps: readonly Step[], parallel: number): Promise<StepResult[]> => {
  const results: StepResult[] = [];
  let next = 0;
  const lane = async () => {
    for (let step = steps[next++]; step; step = steps[next++]) {
      const result = await runStep(step);
      printStep(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return results;
};
