// A release as it is kept: the zips with their manifest, the functions' manifests that Terraform reads, and the lock
// file of the providers, each with its hash. Needs nothing but Node 24.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf, readPackages } from "./release.ts";

const USAGE = `Keeps what going back to a release needs.

  node scripts/pipeline/stored-release.ts store --release 0a1b2c --dist dist --functions functions \\
    --lock terraform/.terraform.lock.hcl --out stored
  node scripts/pipeline/stored-release.ts verify stored

  store   writes a folder with dist/, functions/, .terraform.lock.hcl and release.json, which has the hash of each file
  verify  whether the folder has each file of its release.json, as it was, and no other
`;

const INDEX = "release.json";
const LOCK = ".terraform.lock.hcl";

type Index = { release: string; files: Readonly<Record<string, string>> };

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Every file below the folder, by its path with slashes. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .map((path) => path.replaceAll("\\", "/"))
    .sort();

const readIndex = (folder: string): Index => {
  const file = join(folder, INDEX);
  const index: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  if (
    typeof index !== "object" ||
    index === null ||
    !("release" in index) ||
    typeof index.release !== "string" ||
    !("files" in index) ||
    typeof index.files !== "object" ||
    index.files === null
  ) {
    throw new Error(`${file} names no release and files.`);
  }
  const files = Object.entries(index.files).map(([path, hash]): [string, string] => [path, String(hash)]);
  return { release: index.release, files: Object.fromEntries(files) };
};

export type Stored = { release: string; dist: string; functions: string; lock: string; out: string };

/** Writes the release's folder. Throws when a zip is not the one that was built, or the lock file is missing. */
export const storeRelease = ({ release, dist, functions, lock, out }: Stored): void => {
  const faults = faultsOf(dist);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const zips = Object.values(readPackages(join(dist, "manifest.json"))).map(({ zip }) => zip);
  const documents = ["manifest.json", "gateway.json", "openapi.json"].filter((name) =>
    existsSync(join(dist, name)),
  );
  // What Terraform reads of functions/: the manifests, and what they share. Schemas are for editors.
  const manifests = globSync(["*.json", "*/function.json"], { cwd: functions }).filter(
    (path) => !path.endsWith(".schema.json"),
  );
  const copies: [string, string][] = [
    ...[...zips, ...documents].map((name): [string, string] => [join(dist, name), `dist/${name}`]),
    ...manifests.map((path): [string, string] => [join(functions, path), `functions/${path}`]),
    [lock, LOCK],
  ];
  for (const [from, to] of copies) {
    mkdirSync(dirname(join(out, to)), { recursive: true });
    copyFileSync(from, join(out, to));
  }
  const files = Object.fromEntries(filesOf(out).map((path) => [path, hashOf(join(out, path))]));
  const index: Index = { release, files };
  writeFileSync(join(out, INDEX), `${JSON.stringify(index, null, 2)}\n`);
};

/** One sentence for each file that is missing, changed, or not of this release. */
export const faultsOfStored = (folder: string): string[] => {
  const { files } = readIndex(folder);
  const found = new Set(filesOf(folder).filter((path) => path !== INDEX));
  const missing = Object.keys(files).filter((path) => !found.has(path));
  const needed = ["dist/manifest.json", "functions/resources.json", LOCK].filter((path) => !(path in files));
  return [
    ...needed.map((path) => `${folder} was stored without ${path}.`),
    ...missing.map((path) => `${join(folder, path)} is missing.`),
    ...[...found].flatMap((path) => {
      if (!(path in files)) return [`${join(folder, path)} is not of this release.`];
      return hashOf(join(folder, path)) === files[path] ? [] : [`${join(folder, path)} was changed.`];
    }),
  ];
};

const main = (): void => {
  const option = { type: "string" } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { release: option, dist: option, functions: option, lock: option, out: option },
  });
  const [action, folder, ...rest] = positionals;
  const { release, dist, functions, lock, out } = values;
  if (action === "store" && !folder && release && dist && functions && lock && out) {
    storeRelease({ release, dist, functions, lock, out });
    console.log(`${out}: release ${release}.`);
  } else if (action === "verify" && folder && rest.length === 0) {
    const faults = faultsOfStored(folder);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    console.log(`${folder}: release ${readIndex(folder).release}, every file as it was stored.`);
  } else {
    throw new Error(`These arguments make no command.\n\n${USAGE}`);
  }
};

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
