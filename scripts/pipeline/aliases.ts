// The versions that an environment's functions answer with: kept before a release, put back when it fails its smoke
// test. Moving an alias takes a second and uploads nothing. Needs Node 24 and the `aws` command line.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const USAGE = `Moves the functions' aliases back.

  node scripts/pipeline/aliases.ts keep --environment prd --file aliases.json
  node scripts/pipeline/aliases.ts put-back --file aliases.json

  keep      writes which version the alias \`live\` of each function of the environment points to
  put-back  points each alias to the version that it had, and takes a canary's share back
`;

const ALIAS = "live";

/** Function name to version. */
type Versions = Readonly<Record<string, string>>;

type Answer = { ok: boolean; out: string; error: string };

const aws = (...args: string[]): Answer => {
  const { status, stdout, stderr, error } = spawnSync("aws", [...args, "--output", "json"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: status === 0, out: stdout ?? "", error: error?.message ?? (stderr ?? "").trim() };
};

const functionsOf = (environment: string): string[] => {
  const prefix = `millrace-${environment}-`;
  const query = `Functions[?starts_with(FunctionName, '${prefix}')].FunctionName`;
  const { ok, out, error } = aws("lambda", "list-functions", "--query", query);
  if (!ok) throw new Error(`The functions could not be listed: ${error}`);
  const names: unknown = JSON.parse(out);
  if (!Array.isArray(names)) throw new Error("The functions could not be listed: no list was answered.");
  return names.filter((name) => typeof name === "string");
};

/** A function without the alias, such as one that is new, is left out. */
const versionOf = (name: string): [string, string][] => {
  const { ok, out, error } = aws("lambda", "get-alias", "--function-name", name, "--name", ALIAS);
  if (!ok && error.includes("ResourceNotFoundException")) return [];
  if (!ok) throw new Error(`The alias of ${name} could not be read: ${error}`);
  const alias: unknown = JSON.parse(out);
  const version =
    typeof alias === "object" && alias !== null && "FunctionVersion" in alias ? alias.FunctionVersion : "";
  return [[name, String(version)]];
};

const keep = (environment: string, file: string): void => {
  if (!/^[a-z][a-z0-9-]{1,15}$/.test(environment)) throw new Error(`${environment} is no environment.`);
  const versions: Versions = Object.fromEntries(functionsOf(environment).flatMap(versionOf));
  writeFileSync(file, `${JSON.stringify(versions, null, 2)}\n`);
  console.log(`${file}: the versions of ${Object.keys(versions).length} functions.`);
};

/** All are tried, also when one cannot be moved: fewer faulty functions are better than more. */
const putBack = (file: string): void => {
  const versions: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof versions !== "object" || versions === null) throw new Error(`${file} holds no versions.`);
  const faults: string[] = [];
  for (const [name, version] of Object.entries(versions)) {
    const { ok, error } = aws(
      ...["lambda", "update-alias", "--function-name", name, "--name", ALIAS],
      ...["--function-version", String(version), "--routing-config", "AdditionalVersionWeights={}"],
    );
    if (ok) console.log(`${name}: back at version ${version}.`);
    else faults.push(`${name} is not back at version ${version}: ${error}`);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
};

const main = (): void => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { environment: { type: "string" }, file: { type: "string" } },
  });
  const [deed, ...rest] = positionals;
  const { environment, file } = values;
  if (deed === "keep" && rest.length === 0 && environment && file) keep(environment, file);
  else if (deed === "put-back" && rest.length === 0 && !environment && file) putBack(file);
  else throw new Error(`These arguments make no command.\n\n${USAGE}`);
};

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
