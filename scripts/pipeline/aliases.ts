// The versions that an environment's functions answer with: kept before a release, moved to the new ones by CodeDeploy,
// and put back when the release fails. Moving an alias uploads nothing. Needs Node 24 and the `aws` command line.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const USAGE = `Moves the functions' aliases.

  node scripts/pipeline/aliases.ts keep --environment prd --file aliases.json
  node scripts/pipeline/aliases.ts roll-out --file rollouts.json
  node scripts/pipeline/aliases.ts at-once --file rollouts.json
  node scripts/pipeline/aliases.ts put-back --file aliases.json

  keep      writes which version the alias \`live\` of each function of the environment points to
  roll-out  lets CodeDeploy move each alias to the version that Terraform published, by a canary where the environment
            has one, and waits for all of them; the file is \`terraform output -json rollouts\`
  at-once   moves each alias to that version without a canary
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

const moveTo = (name: string, version: string): Answer =>
  aws(
    ...["lambda", "update-alias", "--function-name", name, "--name", ALIAS],
    ...["--function-version", version, "--routing-config", "AdditionalVersionWeights={}"],
  );

/** All are tried, also when one cannot be moved: fewer faulty functions are better than more. */
const moveAll = (versions: readonly [string, string][], word: string): void => {
  const faults: string[] = [];
  for (const [name, version] of versions) {
    const { ok, error } = moveTo(name, version);
    if (ok) console.log(`${name}: ${word} version ${version}.`);
    else faults.push(`${name} is not ${word} version ${version}: ${error}`);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
};

const putBack = (file: string): void => {
  const versions: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof versions !== "object" || versions === null) throw new Error(`${file} holds no versions.`);
  moveAll(
    Object.entries(versions).map(([name, version]) => [name, String(version)]),
    "back at",
  );
};

type Rollout = { function: string; version: string; application: string; group: string };

const readRollouts = (file: string): Rollout[] => {
  const outputs: unknown = JSON.parse(readFileSync(file, "utf8"));
  const rollouts = typeof outputs === "object" && outputs !== null ? Object.values(outputs) : [];
  if (rollouts.length === 0) throw new Error(`${file} names no function.`);
  return rollouts.map((rollout: Partial<Record<keyof Rollout, unknown>>) => {
    const { function: name, version, application, group } = rollout;
    for (const value of [name, version, application, group]) {
      if (typeof value !== "string" || value === "")
        throw new Error(`${file}: a function lacks a name or version.`);
    }
    return {
      function: String(name),
      version: String(version),
      application: String(application),
      group: String(group),
    };
  });
};

/** Starts CodeDeploy's deployment of one function. Nothing to do where the alias is there already. */
const start = ({ function: name, version, application, group }: Rollout): [string, string][] => {
  const current = versionOf(name)[0]?.[1];
  if (current === undefined) throw new Error(`${name} has no alias ${ALIAS}: apply Terraform first.`);
  if (current === version) return [];
  const properties = { Name: name, Alias: ALIAS, CurrentVersion: current, TargetVersion: version };
  const content = JSON.stringify({
    version: 0,
    Resources: [{ [group]: { Type: "AWS::Lambda::Function", Properties: properties } }],
  });
  const revision = JSON.stringify({ revisionType: "AppSpecContent", appSpecContent: { content } });
  const { ok, out, error } = aws(
    ...["deploy", "create-deployment", "--application-name", application],
    ...["--deployment-group-name", group, "--revision", revision],
  );
  if (!ok) throw new Error(`${name} could not be rolled out: ${error}`);
  const answer: unknown = JSON.parse(out);
  const id =
    typeof answer === "object" && answer !== null && "deploymentId" in answer ? answer.deploymentId : "";
  console.log(`${name}: from version ${current} to ${version}, deployment ${id}.`);
  return [[name, String(id)]];
};

const rollOut = (file: string): void => {
  const faults: string[] = [];
  // All are started before any is waited for: canaries run side by side.
  const started = readRollouts(file).flatMap((rollout) => {
    try {
      return start(rollout);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  for (const [name, id] of started) {
    const { ok, error } = aws("deploy", "wait", "deployment-successful", "--deployment-id", id);
    if (!ok) faults.push(`${name} was not rolled out (deployment ${id}): ${error}`);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
  console.log(`${started.length} functions answer with their new version.`);
};

const main = (): void => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { environment: { type: "string" }, file: { type: "string" } },
  });
  const [action, ...rest] = positionals;
  const { environment, file } = values;
  if (action === "keep" && rest.length === 0 && environment && file) keep(environment, file);
  else if (action === "roll-out" && rest.length === 0 && !environment && file) rollOut(file);
  else if (action === "at-once" && rest.length === 0 && !environment && file) {
    moveAll(
      readRollouts(file).map(({ function: name, version }) => [name, version]),
      "at",
    );
  } else if (action === "put-back" && rest.length === 0 && !environment && file) putBack(file);
  else throw new Error(`These arguments make no command.\n\n${USAGE}`);
};

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
