import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Runs this project's vitest on a test that writes in every way that tested code does, then compares two numbers. */
const runTest = (compared: string) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-output-"));
  folders.push(folder);
  for (const file of ["vitest.config.ts", "package.json", "scripts/testing/hold-output.ts"]) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "common"));
  writeFileSync(
    join(folder, "common/writes.test.ts"),
    `import { Console } from "node:console";
    import { Worker } from "node:worker_threads";
    import { expect, it } from "vitest";
    it("writes", async () => {
      console.log("by the console");
      process.stdout.write('{"level":"info"}\\n');
      process.stderr.write("to stderr\\n");
      new Console({ stdout: process.stdout, stderr: process.stderr }).warn("by a console of its own");
      process.emitWarning("a warning");
      const worker = new Worker("console.log('from a thread')", { eval: true });
      await new Promise((ended) => worker.on("exit", ended));
      expect(1).toBe(${compared});
    });`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot"],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", VITEST: "", NODE_OPTIONS: "" } },
  );
  return { status, printed: stdout + stderr };
};

const WRITTEN = [
  "by the console",
  '{"level":"info"}',
  "to stderr",
  "by a console of its own",
  "a warning",
  "from a thread",
];

it("prints nothing that a test writes when it passes", () => {
  const { status, printed } = runTest("1");

  expect(status, printed).toBe(0);
  for (const text of WRITTEN) expect(printed).not.toContain(text);
});

it("prints what a test wrote, and how its values differ, when it fails", () => {
  const { status, printed } = runTest("2");

  expect(status).toBe(1);
  for (const text of [...WRITTEN, "- 2\n+ 1"]) expect(printed).toContain(text);
});
