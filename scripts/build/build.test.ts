import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionNames } from "#common/manifest/load.ts";
import { build } from "./build.ts";
import { runNode } from "./testing/run-node.ts";

const names = functionNames("functions");
const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "millrace-build-"));
/** Most of it is from earlier builds, so that a comparison with it also shows whether those are still right. */
const first = "dist";

beforeAll(async () => {
  await build({ functionsFolder: "functions", outFolder: first });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

type Manifest = { functions: Record<string, { zip: string; sha256: string; bytes: number }> };
const manifestOf = (out: string): Manifest => JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));

describe("the build", () => {
  it("makes a zip of every function folder", () => {
    expect(Object.keys(manifestOf(first).functions)).toEqual(names);
    for (const name of names) {
      expect(readFileSync(join(first, `${name}.zip`)).byteLength).toBe(
        manifestOf(first).functions[name]?.bytes,
      );
    }
  });

  it("makes the same bytes at once and by and by, in another time zone, run from elsewhere, in another folder, with touched files", async () => {
    const cwd = join(folder, "much/deeper/down");
    const out = join(folder, "out/dist");
    mkdirSync(cwd, { recursive: true });
    utimesSync("common/http/answers.ts", new Date(), new Date());
    const source = `import { build } from ${JSON.stringify(pathToFileURL(resolve("build.mjs")).href)};
      await build(${JSON.stringify({ functionsFolder: resolve("functions"), outFolder: out })});
      report(null);`;

    await runNode(source, { cwd, env: { TZ: "Pacific/Kiritimati" } });

    expect(manifestOf(out)).toEqual(manifestOf(first));
  }, 120_000);

  it("leaves no path of the machine in what it makes", () => {
    for (const name of names) {
      for (const file of ["handler.cjs", "handler.cjs.map", "tracer.cjs"]) {
        const text = readFileSync(join(first, name, file), "utf8");
        expect(text).not.toContain(root);
        expect(text).not.toContain(folder);
      }
      const { sources } = JSON.parse(readFileSync(join(first, name, "handler.cjs.map"), "utf8"));
      for (const source of sources)
        expect(source).toMatch(/^(\.\.\/(functions|common)\/|node_modules\/|[a-z-]+:)/);
    }
  });

  it("names every fault of the manifests and makes nothing", async () => {
    const bad = join(folder, "bad");
    cpSync("functions", bad, { recursive: true });
    for (const name of ["data-generator", "data-presenter"]) {
      appendFileSync(join(bad, name, "function.json"), "x");
    }

    await expect(build({ functionsFolder: bad, outFolder: join(folder, "none") })).rejects.toThrow(
      /data-generator\/function\.json: is not JSON[\s\S]*data-presenter\/function\.json: is not JSON/,
    );
  });
});

describe("build.mjs", () => {
  it("fails over budget and without one, and says by how much", async () => {
    const script = resolve("build.mjs");
    const cwd = mkdtempSync(join(folder, "budget-"));
    symlinkSync(resolve("functions"), join(cwd, "functions"));
    // Other tests put folders in there for a while, which the build did not make.
    const isBuilt = (path: string) => !/^dist\/(test|bench)-/.test(path);
    cpSync(first, join(cwd, "dist"), { recursive: true, filter: isBuilt });
    const source = `
      process.argv[1] = ${JSON.stringify(script)};
      await import(${JSON.stringify(pathToFileURL(script).href)});
      const code = process.exitCode ?? 0;
      process.exitCode = 0;
      report(code);`;
    const generous = Object.fromEntries(names.map((name) => [name, { zipBytes: 10_000_000 }]));

    writeFileSync(join(cwd, "budgets.json"), JSON.stringify(generous));
    expect(await runNode(source, { cwd })).toBe(0);

    writeFileSync(
      join(cwd, "budgets.json"),
      JSON.stringify({ ...generous, "data-generator": { zipBytes: 1_000 } }),
    );
    expect(await runNode(source, { cwd })).toBe(1);

    const { "data-presenter": _, ...without } = generous;
    writeFileSync(join(cwd, "budgets.json"), JSON.stringify(without));
    expect(await runNode(source, { cwd })).toBe(1);
  });
});
