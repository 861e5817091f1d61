import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKS } from "./check.ts";
import { runStep } from "./steps.ts";

const root = resolve(import.meta.dirname, "..");
const SETTINGS = [
  "package.json",
  "tsconfig.json",
  "biome.json",
  "knip.json",
  "redocly.yaml",
  ".dependency-cruiser.json",
  ".secretlintrc.json",
  ".secretlintignore",
];

let folder: string;
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-check-"));
  for (const file of SETTINGS) copyFileSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const name of ["common", "local", "scripts", "bench"]) put(`${name}/empty.ts`, "export {};\n");
  // One file that each checker has something against; the key is put together here so that it is no finding itself.
  put("functions/b/thing.ts", "export const thing: number = 1;\n");
  put(
    "functions/a/handler.ts",
    'import { thing } from "../b/thing.ts"\nconst text: string = thing;\nvar unused = 1\n',
  );
  put(
    "scripts/keys.ts",
    `export const token = "${"ghp_"}${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}";
`,
  );
  put("dist/openapi.json", '{ "openapi": "3.1.0", "paths": { "/x": { "get": {} } } }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("each check", () => {
  it.each(CHECKS.map((check) => [check.name, check] as const))(
    "refuses a bad sample: %s",
    async (_, check) => {
      const { ok, output } = await runStep({ ...check, folder });

      expect(ok, output).toBe(false);
    },
  );
});
