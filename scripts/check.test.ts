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
  "knip.jsonc",
  "redocly.yaml",
  ".dependency-cruiser.json",
  ".dependency-cruiser.mjs",
  ".secretlintrc.json",
  ".secretlintignore",
];

let folder: string;
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

const makeFolder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "millrace-check-"));
  for (const file of SETTINGS) copyFileSync(join(root, file), join(made, file));
  symlinkSync(join(root, "node_modules"), join(made, "node_modules"));
  return made;
};

beforeAll(() => {
  folder = makeFolder();
  for (const name of ["common", "local", "scripts", "bench"]) put(`${name}/empty.ts`, "export {};\n");
  // One bad file for each checker. The key is put together here, so that the secrets check does not find it in
  // this file.
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

describe("the check for code that only tests use", () => {
  const files = {
    "functions/a/handler.ts":
      'import { used } from "../../common/thing.ts";\nexport const handler = () => used;\n',
    "common/thing.ts": "export const used = 1;\n",
    "common/thing.test.ts": 'import { used } from "./thing.ts";\nused;\n',
    "common/testing/thing.ts": "export const thing = 1;\n",
    "common/other.test.ts": 'import { thing } from "./testing/thing.ts";\nthing;\n',
  };
  const run = async (more: Record<string, string>) => {
    folder = makeFolder();
    for (const [file, text] of Object.entries({ ...files, ...more })) put(file, text);
    const steps = CHECKS.filter(({ name }) => /unused|only tests/.test(name));
    const results = await Promise.all(
      steps.map((check) =>
        runStep({ ...check, args: [...check.args, "--exclude=dependencies", "--no-config-hints"], folder }),
      ),
    );
    rmSync(folder, { recursive: true });
    return results.map(({ ok, output }) => ({ ok, output }));
  };

  it("lets pass what a function uses, and what stands in testing/", async () => {
    const [all, production] = await run({});

    expect(production?.ok, production?.output).toBe(true);
    expect(all?.output).not.toContain("common/");
  });

  it("refuses an export that only its test imports, which the check for unused code lets pass", async () => {
    const [all, production] = await run({
      "common/thing.ts": "export const used = 1;\nexport const finished = 2;\n",
      "common/thing.test.ts": 'import { finished, used } from "./thing.ts";\nused + finished;\n',
    });

    expect(production?.ok).toBe(false);
    expect(production?.output).toContain("finished");
    expect(all?.output).not.toContain("finished");
  });

  it("leaves unused files of testing/ to the other, which refuses them", async () => {
    const [all, production] = await run({ "common/testing/left.ts": "export const left = 1;\n" });

    expect(production?.output).not.toContain("left.ts");
    expect(all?.output).toContain("common/testing/left.ts");
  });
});
