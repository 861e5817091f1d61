import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKS } from "./check.ts";

const root = resolve(import.meta.dirname, "..");
const RULES: { name: string }[] = JSON.parse(
  readFileSync(join(root, ".dependency-cruiser.json"), "utf8"),
).forbidden;

type Files = Record<string, string>;
type Sample = {
  /** What the rule must refuse, all of it named as `from → to`. */
  bad: Files;
  violations: string[];
  /** What stands next to it and may be. */
  good?: Files;
};

const value = "export const value = 1;\n";
const imports = (...files: string[]) => files.map((file) => `import ${JSON.stringify(file)};\n`).join("");
const importsType = (name: string, file: string) =>
  `import type { ${name} } from ${JSON.stringify(file)};\nexport type Own = ${name};\n`;

/** Files that more than one sample imports; they import nothing. */
const SHARED: Files = {
  "functions/data-writer/handler.ts": value,
  "functions/events-writer/handler.ts": value,
  "functions/resources.json": "{}",
  "common/clock/clock.ts": value,
  "common/aws/sqs.ts": value,
  "common/data/record.ts": value,
  "common/data/record.schema.ts": value,
  "common/data/client.ts": value,
  "common/data/record-table.ts": value,
  "common/data/record.fields.ts": value,
  "common/clock/testing/fake-clock.ts": value,
  "local/port.ts": value,
  "local/aws/s3/files.ts": imports("node:fs"),
};

const SAMPLES: Record<string, Sample> = {
  "no-cycles": {
    bad: { "scripts/cycle/a.ts": imports("./b.ts"), "scripts/cycle/b.ts": imports("./a.ts") },
    violations: ["scripts/cycle/a.ts → scripts/cycle/b.ts"],
    good: {
      "scripts/cycle/c.ts": `${importsType("D", "./d.ts")}export type C = 1;\n`,
      "scripts/cycle/d.ts": `${importsType("C", "./c.ts")}export type D = 1;\n`,
    },
  },
  "functions-stand-alone": {
    bad: { "functions/data-a/handler.ts": imports("../data-writer/handler.ts") },
    violations: ["functions/data-a/handler.ts → functions/data-writer/handler.ts"],
    good: {
      "functions/data-a/own.ts": value,
      "functions/data-a/other-handler.ts": imports("./own.ts", "../resources.json", "#common/clock/clock.ts"),
    },
  },
  "functions-need-only-common": {
    bad: { "functions/data-b/handler.ts": imports("#local/port.ts") },
    violations: ["functions/data-b/handler.ts → local/port.ts"],
    good: { "functions/data-b/handler.test.ts": imports("#local/port.ts") },
  },
  "common-imports-nothing-of-ours": {
    bad: { "common/zone/zone.ts": imports("#functions/data-writer/handler.ts") },
    violations: ["common/zone/zone.ts → functions/data-writer/handler.ts"],
    good: { "common/zone/zone.test.ts": imports("#functions/data-writer/handler.ts") },
  },
  "rules-without-aws": {
    bad: { "functions/data-c/keep-record.ts": imports("@aws-sdk/client-sqs") },
    violations: ["functions/data-c/keep-record.ts → @aws-sdk/client-sqs"],
    good: {
      "functions/data-c/handler.ts": imports("@middy/core"),
      "functions/data-c/record-table.ts": imports("@aws-sdk/client-dynamodb"),
    },
  },
  "deployed-code-has-no-dev-dependencies": {
    bad: { "common/zone/random.ts": imports("fast-check") },
    violations: ["common/zone/random.ts → fast-check"],
    good: {
      "common/zone/random.test.ts": imports("fast-check"),
      "common/zone/event.ts": importsType("SQSEvent", "aws-lambda"),
    },
  },
  "one-way-to-the-files-of-buckets": {
    bad: { "local/aws/s3/shortcut.ts": imports("node:fs") },
    violations: ["local/aws/s3/shortcut.ts → fs"],
  },
  "concerns-know-no-service": {
    bad: { "common/zone/report.ts": imports("#common/data/record.ts") },
    violations: ["common/zone/report.ts → common/data/record.ts"],
    good: { "common/zone/report.test.ts": imports("#common/data/record.ts") },
  },
  "services-meet-at-their-doors": {
    bad: { "common/events/peek.ts": imports("#common/data/record.ts") },
    violations: ["common/events/peek.ts → common/data/record.ts"],
    good: {
      "common/events/own.ts": value,
      "common/events/door.ts": imports("#common/data/client.ts", "#common/data/record.schema.ts", "./own.ts"),
    },
  },
  "only-named-files-know-aws": {
    bad: { "common/data/rule.ts": imports("@aws-sdk/client-sqs", "#common/aws/sqs.ts", "./record-table.ts") },
    violations: [
      "common/data/rule.ts → @aws-sdk/client-sqs",
      "common/data/rule.ts → common/aws/sqs.ts",
      "common/data/rule.ts → common/data/record-table.ts",
    ],
    good: {
      "common/data/record-queue.ts": imports("#common/aws/sqs.ts"),
      "common/data/typed.ts": importsType("SQSClient", "@aws-sdk/client-sqs"),
    },
  },
  "testing-is-for-tests": {
    bad: { "common/zone/stop.ts": imports("#common/clock/testing/fake-clock.ts") },
    violations: ["common/zone/stop.ts → common/clock/testing/fake-clock.ts"],
    good: {
      "common/zone/stop.test.ts": imports("#common/clock/testing/fake-clock.ts"),
      "bench/clock.ts": imports("#common/clock/testing/fake-clock.ts"),
    },
  },
  "schemas-stay-out-of-bundles": {
    bad: { "common/data/shape.ts": imports("typebox", "#common/data/record.fields.ts") },
    violations: ["common/data/shape.ts → typebox", "common/data/shape.ts → common/data/record.fields.ts"],
    good: { "functions/data-c/contract.ts": imports("typebox", "#common/data/record.fields.ts") },
  },
};

type Violation = { from: string; to: string; rule: { name: string } };

/** A package's path lies wherever `node_modules` lies: its name is enough. */
const nameOf = (path: string): string => path.replace(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$/, "$1");

let folder: string;
let found: Map<string, string[]>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-rules-"));
  for (const file of ["package.json", "tsconfig.json", ".dependency-cruiser.json", ".dependency-cruiser.mjs"])
    copyFileSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const samples = Object.values(SAMPLES).flatMap(({ bad, good = {} }) => [bad, good]);
  for (const [file, text] of [SHARED, ...samples].flatMap(Object.entries<string>)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const args = CHECKS.find(({ name }) => name === "who imports whom")?.args ?? [];
  const [script = "", ...options] = args;
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--output-type", "json", ...options], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 50_000_000,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  if (!stdout.startsWith("{")) throw new Error(stderr || stdout);
  const { violations } = JSON.parse(stdout).summary as { violations: Violation[] };
  found = new Map(
    [...Map.groupBy(violations, ({ rule }) => rule.name)].map(([name, ofRule]) => [
      name,
      ofRule.map(({ from, to }) => `${from} → ${nameOf(to)}`).sort(),
    ]),
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the rules of who imports whom", () => {
  it("each have a sample that they must refuse", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(RULES.map(({ name }) => name).sort());
  });

  it.each(RULES.map(({ name }) => name))("%s refuses its sample and nothing else", (name) => {
    expect(found.get(name)).toEqual(SAMPLES[name]?.violations.toSorted());
  });
});
