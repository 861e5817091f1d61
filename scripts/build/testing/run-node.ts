import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Runs a module in a Node process of its own, while this one goes on; returns what the module passes to `report`. */
export const runNode = async <T>(
  source: string,
  {
    cwd = process.cwd(),
    env = {},
    flags = [],
  }: { cwd?: string; env?: Record<string, string>; flags?: string[] } = {},
): Promise<T> => {
  const reporter =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source for the child
    "const report = (value) => process.stdout.write(`\\n${JSON.stringify(value)}\\n`, () => process.exit());\n";
  const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", reporter + source], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 100_000,
  });
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const last = output.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last);
  } catch {
    throw new Error(`the child reported nothing: ${complaints.slice(-2_000)}`);
  }
};
