import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionNames } from "#common/manifest/load.ts";
import { CHECKS } from "./check.ts";
import { runStep, type StepResult } from "./steps.ts";
import { applyGuide, type Guide, readGuide } from "./testing/guide.ts";

const root = resolve(import.meta.dirname, "..");
const GUIDES = ["docs/new-function.md", "docs/new-service.md"];
/** What is large, or is made anew. */
const LEFT_OUT = new Set(["node_modules", ".git", "dist", ".millrace"]);
/** Of the functions that are there only those that the new ones need or change, and one of each service: the others take time to build. */
const KEPT = new Set([
  "platform-authorizer",
  "platform-dependencies",
  "changes-auditor",
  "data-presenter",
  "events-anchor",
  "imports-watcher",
  "logs-trace-writer",
  "transactions-announcer",
]);

let folder: string;
let guides: Guide[];
let results: Record<"types" | "lint" | "tests" | "imports" | "unused" | "words", Promise<StepResult>>;

const run = (name: string, args: string[]): Promise<StepResult> =>
  runStep({ name, args, folder, environment: { NODE_OPTIONS: "", VITEST: "" } });
const bin = (file: string) => `node_modules/${file}`;
const argsOf = (check: string): string[] => CHECKS.find(({ name }) => name === check)?.args ?? [];

const copyTree = (): void => {
  for (const name of readdirSync(root).filter((one) => !LEFT_OUT.has(one))) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of functionNames(join(folder, "functions"))) {
    if (!KEPT.has(name)) rmSync(join(folder, "functions", name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
};
const filesOf = (ending: RegExp): string[] =>
  guides.flatMap(({ blocks }) => blocks.map(({ file }) => file)).filter((file) => ending.test(file));
const wholeFiles = (): string[] =>
  guides.flatMap(({ blocks }) => blocks.filter(({ isWhole }) => isWhole).map(({ file }) => file));
const testFiles = (): string[] => [
  ...filesOf(/\.test\.ts$/),
  "common/errors/errors.test.ts",
  "functions/platform-dependencies/handler.test.ts",
  "scripts/build/bundles.test.ts",
  "scripts/function-folders.test.ts",
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-guides-"));
  copyTree();
  guides = GUIDES.map((file) => readGuide(readFileSync(join(root, file), "utf8")));
  for (const guide of guides) applyGuide(guide, folder);
  const built = await run("build", ["build.mjs"]);
  if (!built.ok) throw new Error(built.output);

  const settings = { extends: "./tsconfig.json", include: filesOf(/\.ts$/) };
  writeFileSync(join(folder, "tsconfig.guides.json"), JSON.stringify(settings));
  const newFolders = [...new Set(wholeFiles().map((file) => dirname(file)))];
  results = {
    tests: run("tests", [bin("vitest/vitest.mjs"), "run", "--reporter=dot", ...testFiles()]),
    types: run("types", [bin("typescript/bin/tsc"), "-p", "tsconfig.guides.json"]),
    unused: run("unused", argsOf("code that only tests use")),
    imports: run("imports", [...argsOf("who imports whom").slice(0, 3), ...newFolders]),
    words: run("words", argsOf("words of comments")),
    lint: run("lint", [
      bin("@biomejs/biome/bin/biome"),
      "ci",
      "--colors=off",
      "--error-on-warnings",
      ...wholeFiles(),
    ]),
  };
  await Promise.all(Object.values(results));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what the guides make", () => {
  it.each([
    ["types", "has the right types"],
    ["lint", "is formatted, and has nothing that the linter refuses"],
    ["imports", "imports what it may"],
    ["words", "has comments in plain words"],
  ] as const)("%s: it %s", async (name, _) => {
    const { ok, output } = await results[name];

    expect(ok, output).toBe(true);
  });

  it("has nothing that only its tests use", async () => {
    const { output } = await results.unused;

    // The functions that are left out used much of common/; what is new must not be named with it.
    expect(output).toContain("Unused");
    for (const file of wholeFiles()) expect(output).not.toContain(file);
  });

  it("passes its own tests, and those of what it changes", async () => {
    const { ok, output } = await results.tests;

    expect(ok, output).toBe(true);
    expect(output).toContain(`${testFiles().length} passed`);
  });

  it("comes with the pages that are made, by the commands of the guides", async () => {
    const commands = guides[0]?.commands ?? [];
    expect(guides[1]?.commands).toEqual(commands);
    expect(commands.slice(2)).toEqual(["npm run format", "npm test"]);
    for (const command of commands.slice(0, 2)) {
      const [, runner = "", ...args] = command.split(" ");
      expect(runner).toBe("scripts/node24.mjs");
      const made = await run(command, args);
      expect(made.ok, made.output).toBe(true);
      const checked = await run(command, [...args, "--check"]);
      expect(checked.ok, checked.output).toBe(true);
    }

    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const name of ["data-greeter", "notes-desk", "notes-keeper"])
      expect(readme).toContain(`\`${name}\``);
  });
});

describe("a guide", () => {
  it("leaves a tree as it is that followed it already", () => {
    const edited = guides.flatMap(({ blocks }) => blocks).map(({ file }) => join(folder, file));
    const before = edited.map((file) => readFileSync(file, "utf8"));

    for (const guide of guides) applyGuide(guide, folder);

    expect(edited.map((file) => readFileSync(file, "utf8"))).toEqual(before);
  });

  it("is refused when a block stands under no file's name", () => {
    expect(() => readGuide("**`a.ts`**\n\n```ts\na\n```\n\nAlso\n\n```ts\nb\n```\n")).toThrow(
      "2 blocks, but 1",
    );
  });

  it("is refused when the lines beside an insertion are not there", () => {
    const guide = readGuide("**`README.md`** gets\n\n```diff\n+new\n no such line\n```\n");

    expect(() => applyGuide(guide, folder)).toThrow("README.md: the lines beside must stand there once");
  });
});
