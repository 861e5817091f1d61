import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { argv, env, execPath, exit } from "node:process";
import { parseArgs } from "node:util";
import { inParallel } from "#common/async/in-parallel.ts";
import { functionNames } from "#common/manifest/load.ts";
import { inFolders, layoutFaults, OTHER_ROOTS } from "./layout.ts";

/**
 * All checks of terraform/, one line each: format; `validate` and `test` of the root and of each module; and for each
 * environment `plan`, `apply`, a `plan` that must find nothing to do, and the comparison with the manifests.
 *
 * All but the format need providers. TERRAFORM_LAUNCHER (or --offline) names a program that runs terraform with
 * providers that reach no cloud; it takes `--lean`, `--init`, `--local-backend`, `--data-dir <folder>` and
 * `--workspace <name>` before terraform's own arguments. With --offline a folder stands for the program of its name in it.
 */

const root = resolve(import.meta.dirname, "../..");
const terraformFolder = join(root, "terraform");
const { values: options } = parseArgs({ args: argv.slice(2), options: { offline: { type: "string" } } });

const launcherOf = (path: string): string =>
  statSync(path).isDirectory() ? join(path, basename(resolve(path))) : path;
const named = options.offline ?? env.TERRAFORM_LAUNCHER;
const launcher = named === undefined || named === "" ? undefined : resolve(launcherOf(named));

type Ending = { code: number; output: string };

const run = (
  command: string,
  args: string[],
  folder: string,
  variables: Record<string, string> = {},
): Promise<Ending> =>
  new Promise((done) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...env, ...variables, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => done({ code: 127, output: error.message }));
    child.on("close", (code) => done({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });

let passed = 0;
let failed = 0;

/** Prints the check's line, and its output if it failed. Returns whether checks that depend on it may run. */
const check = async (name: string, work: () => Promise<Ending>): Promise<boolean> => {
  const start = performance.now();
  const { code, output } = await work();
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(7);
  if (code === 0) {
    passed += 1;
    console.log(`ok     ${seconds}  ${name}`);
    return true;
  }
  failed += 1;
  console.log(`FAILED ${seconds}  ${name}\n${output.trimEnd().replace(/^/gm, "         | ")}`);
  return false;
};

const scratch = mkdtempSync(join(tmpdir(), "terraform-checks-"));

/** Where the build's zips are missing, stand-ins: Terraform looks at their names and hashes only. */
const buildFolder = (): string => {
  const built = join(root, "dist");
  if (existsSync(join(built, "manifest.json"))) return built;
  const folder = join(scratch, "dist");
  mkdirSync(folder);
  const functions = Object.fromEntries(
    functionNames(join(root, "functions")).map((name) => {
      writeFileSync(join(folder, `${name}.zip`), name);
      const sha256 = createHash("sha256").update(name).digest("base64");
      return [name, { zip: `${name}.zip`, sha256, bytes: name.length }];
    }),
  );
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ functions }));
  return folder;
};

const checkFolder = async (program: string, name: string, folder: string): Promise<void> => {
  const data = join(scratch, `data-${name.replaceAll(" ", "-")}`);
  const terraform = (more: string[], args: string[], workspace?: string) =>
    run(
      program,
      ["--lean", ...more, "--data-dir", data, ...args, "-no-color"],
      folder,
      workspace === undefined ? {} : { TF_WORKSPACE: workspace },
    );
  if (!(await check(`${name}: validate`, () => terraform(["--init"], ["validate"])))) return;
  // Only the root reads its environment from the workspace.
  await check(`${name}: test`, () => terraform([], ["test"], name === "root" ? "dev" : undefined));
};

type Application = { name: string; subfolder: string; workspace: string; settings: string[] };

/** Plans, applies and plans again in a copy of terraform/. Answers the state's file, or nothing where that failed. */
const checkApplication = async (
  program: string,
  { name, subfolder, workspace, settings }: Application,
): Promise<string | undefined> => {
  // A copy of its own, because a file in the folder is what switches Terraform to a local state.
  const copy = join(scratch, name, "terraform");
  cpSync(terraformFolder, copy, {
    recursive: true,
    filter: (path) => ![".terraform", "tests"].includes(basename(path)),
  });
  const folder = join(copy, subfolder);
  const data = join(scratch, name, "data");
  const common = ["--lean", "--local-backend", "--data-dir", data, "--workspace", workspace];
  const all = [...settings, "-no-color", "-input=false"];
  const plan = join(scratch, name, "plan");
  const state = join(scratch, name, "state.json");

  const planned = await check(`${name}: plan`, () =>
    run(program, ["--init", ...common, "plan", ...all, `-out=${plan}`], folder),
  );
  if (!planned) return undefined;
  const applied = await check(`${name}: apply`, () =>
    run(program, [...common, "apply", "-no-color", plan], folder),
  );
  if (!applied) return undefined;
  await check(`${name}: plan finds no change`, () =>
    run(program, [...common, "plan", ...all, "-detailed-exitcode"], folder),
  );
  const measured = await check(`${name}: no policy is near AWS's limit`, async () => {
    const shown = await run(program, [...common, "show", "-json"], folder);
    if (shown.code !== 0) return shown;
    writeFileSync(state, shown.output.slice(shown.output.indexOf("{")));
    return run(execPath, ["scripts/terraform/state-quotas.ts", state], root);
  });
  return measured ? state : undefined;
};

type Deployment = { name: string; environment: string; functions: string; build: string };

const checkDeployment = async (
  program: string,
  { name, environment, functions, build }: Deployment,
): Promise<void> => {
  const settings = [
    `-var-file=environments/${environment}.tfvars`,
    `-var=functions_folder=${functions}`,
    `-var=build_folder=${build}`,
  ];
  const state = await checkApplication(program, { name, subfolder: ".", workspace: environment, settings });
  if (state === undefined) return;
  await check(`${name}: agrees with the manifests`, () =>
    run(execPath, ["scripts/terraform/compare-terraform.ts", state, environment, functions], root),
  );
  if (name !== environment) return;
  await check(`${name}: what it costs unused is counted`, () =>
    run(execPath, ["scripts/terraform/billed-resources.ts", state, environment], root),
  );
};

type Refusal = { name: string; workspace?: string; variables: string[]; words: string };

/** Settings that a workspace must refuse with a helpful message. */
const checkRefused = (program: string, { name, workspace, variables, words }: Refusal): Promise<boolean> =>
  check(`${name}: refused`, async () => {
    const folder = join(scratch, "refused", name.replaceAll(" ", "-"), "terraform");
    cpSync(terraformFolder, folder, { recursive: true, filter: (path) => basename(path) !== ".terraform" });
    const args = ["--lean", "--init", "--local-backend", "--data-dir", join(folder, "..", "data")];
    const selected = workspace === undefined ? [] : ["--workspace", workspace];
    const { code, output } = await run(
      program,
      [...args, ...selected, "plan", ...variables, "-no-color", "-input=false"],
      folder,
    );
    const refused = code !== 0 && output.includes(words);
    return { code: refused ? 0 : 1, output: `The plan was not refused:\n${output}` };
  });

const main = async (): Promise<void> => {
  await check("layout", async () => {
    const faults = layoutFaults(terraformFolder);
    return { code: faults.length === 0 ? 0 : 1, output: faults.join("\n") };
  });
  await check("format", () => run("terraform", ["fmt", "-check", "-recursive", "-diff"], terraformFolder));
  if (launcher === undefined) {
    console.log(
      "left out: validate, test, plan and apply, which need the AWS provider or a stand-in: set TERRAFORM_LAUNCHER.",
    );
    return;
  }
  const build = buildFolder();
  const fixtures = join(terraformFolder, "tests", "fixtures");
  const environments = readdirSync(join(terraformFolder, "environments"))
    .filter((file) => file.endsWith(".tfvars"))
    .map((file) => basename(file, ".tfvars"));
  const release = [`-var=functions_folder=${join(root, "functions")}`, `-var=build_folder=${build}`];
  const refusals: Refusal[] = [
    {
      name: "default workspace",
      variables: ["-var-file=environments/dev.tfvars", ...release],
      words: "The default workspace is no environment.",
    },
    {
      name: "prd without a domain",
      workspace: "prd",
      variables: ["-var-file=environments/prd.tfvars", "-var=domain=null", ...release],
      words: "prd needs a domain",
    },
  ];
  // The longest first, so that no processor waits at the end.
  const jobs: (() => Promise<unknown>)[] = [
    () => checkFolder(launcher, "root", terraformFolder),
    ...environments.map(
      (environment) => () =>
        checkDeployment(launcher, {
          name: environment,
          environment,
          functions: join(root, "functions"),
          build,
        }),
    ),
    () =>
      checkDeployment(launcher, {
        name: "every kind of trigger in prd",
        environment: "prd",
        functions: join(fixtures, "functions"),
        build: join(fixtures, "build"),
      }),
    ...refusals.map((refusal) => () => checkRefused(launcher, refusal)),
    ...OTHER_ROOTS.flatMap((name) => [
      () => checkFolder(launcher, `root ${name}`, join(terraformFolder, name)),
      // Terraform reads the root's settings by itself, from its folder.
      () =>
        checkApplication(launcher, {
          name: `root ${name}`,
          subfolder: name,
          workspace: "default",
          settings: [],
        }),
    ]),
    ...inFolders(join(terraformFolder, "modules")).map(
      (name) => () => checkFolder(launcher, `module ${name}`, join(terraformFolder, "modules", name)),
    ),
  ];
  await inParallel(jobs, Math.max(2, availableParallelism()), (job) => job());
};

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
exit(failed === 0 ? 0 : 1);
