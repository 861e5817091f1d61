// The zips of a release: `verify` compares them with their manifest, `roll-back` puts the last good ones in
// place of those that failed. Needs nothing but Node 24: the pipeline runs it in jobs that install no packages.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const USAGE = `Looks after the zips of a release.

  node scripts/pipeline/release.ts verify dist
  node scripts/pipeline/release.ts roll-back --failed dist --good last-good --out rolled-back

  verify     whether the folder has each zip of its manifest.json, with the hash written there
  roll-back  writes a folder that Terraform deploys in place of the failed one: the last good release's zip
             of each function, and the failed one's of functions that the last good release did not have
`;

export type Package = { zip: string; sha256: string; bytes: number };
export type Packages = Readonly<Record<string, Package>>;

/** What goes with the zips: Terraform makes the API from gateway.json. */
const DOCUMENTS = ["gateway.json", "openapi.json"];

const isPackage = (value: unknown): value is Package =>
  typeof value === "object" &&
  value !== null &&
  "zip" in value &&
  typeof value.zip === "string" &&
  // A name only: nothing outside the folder is read or written.
  /^[a-z0-9-]+\.zip$/.test(value.zip) &&
  "sha256" in value &&
  typeof value.sha256 === "string" &&
  "bytes" in value &&
  typeof value.bytes === "number";

/** The functions in a build's manifest.json. */
export const readPackages = (file: string): Packages => {
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  const functions =
    typeof manifest === "object" && manifest !== null && "functions" in manifest
      ? manifest.functions
      : undefined;
  if (typeof functions !== "object" || functions === null) throw new Error(`${file} has no functions.`);
  const packages: Record<string, Package> = {};
  for (const [name, entry] of Object.entries(functions)) {
    if (!isPackage(entry)) throw new Error(`${file}: ${name} has no zip, hash and size.`);
    packages[name] = entry;
  }
  if (Object.keys(packages).length === 0) throw new Error(`${file} has no functions.`);
  return packages;
};

/** One sentence for each zip that is missing or another than the manifest says. */
export const faultsOf = (folder: string): string[] =>
  Object.values(readPackages(join(folder, "manifest.json"))).flatMap(({ zip, sha256 }) => {
    const file = join(folder, zip);
    if (!existsSync(file)) return [`${file} is missing.`];
    const hash = createHash("sha256").update(readFileSync(file)).digest("base64");
    return hash === sha256 ? [] : [`${file} has the hash ${hash}, and the manifest says ${sha256}.`];
  });

export type RollBack = { failed: string; good: string; out: string };

/**
 * Only code is put back. Functions, tables and routes stay as the failed release's Terraform made them, so no
 * data is at stake; a function that is new has no earlier zip and keeps its own.
 */
export const rollBack = ({ failed, good, out }: RollBack): { back: string[]; kept: string[] } => {
  const faults = [...faultsOf(failed), ...faultsOf(good)];
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const lastGood = readPackages(join(good, "manifest.json"));
  const functions: Record<string, Package> = {};
  const back: string[] = [];
  const kept: string[] = [];

  mkdirSync(out, { recursive: true });
  for (const [name, own] of Object.entries(readPackages(join(failed, "manifest.json")))) {
    const earlier = lastGood[name];
    const from = earlier ?? own;
    copyFileSync(join(earlier ? good : failed, from.zip), join(out, from.zip));
    functions[name] = from;
    if (!earlier) kept.push(name);
    else if (earlier.sha256 !== own.sha256) back.push(name);
  }
  for (const document of DOCUMENTS) {
    if (existsSync(join(good, document))) copyFileSync(join(good, document), join(out, document));
  }
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ functions }, null, 2)}\n`);
  return { back, kept };
};

const NONE = "none";

const main = (): void => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { failed: { type: "string" }, good: { type: "string" }, out: { type: "string" } },
  });
  const [command, folder, ...rest] = positionals;
  const { failed, good, out } = values;
  if (command === "verify" && folder && rest.length === 0 && !failed && !good && !out) {
    const faults = faultsOf(folder);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    console.log(`${folder}: every zip is the one its manifest names.`);
  } else if (command === "roll-back" && !folder && failed && good && out) {
    const { back, kept } = rollBack({ failed, good, out });
    console.log(`Back to the last good zip: ${back.join(", ") || NONE}.`);
    console.log(`New, and therefore kept: ${kept.join(", ") || NONE}.`);
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
