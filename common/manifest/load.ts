import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Declarations, Manifest, Resources, RightsTable } from "./manifest.ts";

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** Folders of functions below `folder`: those that hold a `function.json`. Sorted by name. */
export const functionNames = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes("function.json"))
    .map((entry) => entry.name)
    .sort();

/**
 * Reads every manifest and the shared declarations of a `functions/` folder, with defaults filled in.
 * It trusts them: `checkDeclarations` is what names faults.
 */
export const loadDeclarations = (functionsFolder: string): Declarations => {
  const folder = resolve(functionsFolder);
  const manifests = functionNames(folder).map((name): Manifest => {
    const json = readJson(join(folder, name, "function.json")) as Partial<Manifest>;
    return {
      description: "",
      timeoutSeconds: 10,
      memoryMb: 256,
      network: "private",
      concurrency: {},
      settings: [],
      triggers: [],
      access: {},
      ...json,
      name,
    };
  });
  return {
    folder,
    manifests,
    resources: readJson(join(folder, "resources.json")) as Resources,
    rights: readJson(join(folder, "rights.json")) as RightsTable,
  };
};
