import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Declarations, Manifest, Resources } from "#common/manifest/manifest.ts";

const REAL_FUNCTIONS = join(import.meta.dirname, "../..", "functions");

const NOTHING: Resources = {
  tables: {},
  queues: {},
  topics: {},
  buckets: {},
  buses: { bus: { description: "The bus." } },
  keys: {},
  streams: {},
  settings: {},
};

export type FixtureFunction = Partial<Omit<Manifest, "name">> & {
  /** CommonJS that sets `exports.handler`, as a bundle does. */
  code: string;
};

export type Fixture = {
  folder: string;
  functionsFolder: string;
  bundlesFolder: string;
  dataFolder: string;
  declarations(): Declarations;
  writeBundle(name: string, code: string): void;
  remove(): void;
};

/** A functions folder and its bundles in a folder of their own, for tests of the local platform. */
export const makeFixture = (
  functions: Record<string, FixtureFunction>,
  resources: Partial<Resources> = {},
): Fixture => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-"));
  const [functionsFolder, bundlesFolder, dataFolder] = ["functions", "dist", "data"].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }) as [string, string, string];
  const writeBundle = (name: string, code: string): void => {
    mkdirSync(join(bundlesFolder, name), { recursive: true });
    writeFileSync(join(bundlesFolder, name, "handler.cjs"), code);
  };
  for (const [name, { code, ...manifest }] of Object.entries(functions)) {
    mkdirSync(join(functionsFolder, name));
    writeFileSync(join(functionsFolder, name, "function.json"), JSON.stringify(manifest));
    writeBundle(name, code);
  }
  copyFileSync(
    join(REAL_FUNCTIONS, "gateway-responses.json"),
    join(functionsFolder, "gateway-responses.json"),
  );
  const { rights } = loadDeclarations(REAL_FUNCTIONS);
  writeFileSync(join(functionsFolder, "rights.json"), JSON.stringify(rights));
  writeFileSync(join(functionsFolder, "resources.json"), JSON.stringify({ ...NOTHING, ...resources }));
  return {
    folder,
    functionsFolder,
    bundlesFolder,
    dataFolder,
    declarations: () => loadDeclarations(functionsFolder),
    writeBundle,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
};
