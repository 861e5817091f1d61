import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Declarations, Manifest, Resources, RightsTable } from "./manifest.ts";

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

const isFunction = (folder: string): boolean =>
  readdirSync(folder).some((file) => file === "function.json" || file === "handler.ts");

/** A manifest that is no JSON counts as empty here: `declarationFaults` names it with all other faults. */
const readManifest = (path: string): Partial<Manifest> => {
  try {
    const json = readJson(path);
    return typeof json === "object" && json !== null ? json : {};
  } catch {
    return {};
  }
};

/**
 * Folders of functions below `folder`, sorted by name: all that hold a manifest or a handler. One
 * without the other is a fault that `declarationFaults` names.
 */
export const functionNames = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isFunction(join(folder, entry.name)))
    .map((entry) => entry.name)
    .sort();

/**
 * Reads every manifest and the shared declarations of a `functions/` folder, with defaults filled in.
 * It trusts them: `declarationFaults` is what names faults.
 */
export const loadDeclarations = (functionsFolder: string): Declarations => {
  const folder = resolve(functionsFolder);
  const manifests = functionNames(folder).map((name): Manifest => {
    const json = readManifest(join(folder, name, "function.json"));
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
