import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Root modules beside the environments' one; they are applied to an account before it. */
export const OTHER_ROOTS = ["account", "bootstrap"];

export const inFolders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const MODULE_FILES = [
  "README.md",
  "main.tf",
  "outputs.tf",
  "tests/plan.tftest.hcl",
  "variables.tf",
  "versions.tf",
];

/** nodejs24.x came with 6.21, and the checks here know the attributes of 6.25; a major version may take some away. */
const PROVIDER = ">= 6.25, < 7";

/**
 * Rules that Terraform itself does not check: tests and a README in each module, descriptions, one way to a
 * function.
 */
export const layoutFaults = (terraformFolder: string): string[] => {
  const faults: string[] = [];
  const modules = inFolders(join(terraformFolder, "modules")).map((module) => join("modules", module));
  for (const folder of [...modules, ...OTHER_ROOTS]) {
    for (const file of MODULE_FILES) {
      if (!existsSync(join(terraformFolder, folder, file))) faults.push(`${folder}: no ${file}`);
    }
  }
  for (const file of globSync("**/*.tf", { cwd: terraformFolder })) {
    const source = readFileSync(join(terraformFolder, file), "utf8");
    for (const [block, , kind, name] of source.matchAll(
      /^((variable|output) "([^"]+)" \{\n(?:.*\n)*?\})/gm,
    )) {
      if (!/^ {2}description = "./m.test(block)) faults.push(`${file}: ${kind} ${name} has no description`);
      if (kind === "variable" && !/^ {2}type /m.test(block))
        faults.push(`${file}: variable ${name} has no type`);
    }
    if (/^resource "aws_lambda_function" /m.test(source) && file !== join("modules", "function", "main.tf"))
      faults.push(`${file}: a function that is not made by modules/function`);
    for (const [, version] of source.matchAll(/source {2}= "hashicorp\/aws"\n\s*version = "([^"]*)"/g)) {
      if (version !== PROVIDER)
        faults.push(`${file}: the provider is bound to ${version}, not to ${PROVIDER}`);
    }
    if (/terraform\.workspace/.test(source) && file !== "locals.tf")
      faults.push(`${file}: terraform.workspace is read in locals.tf alone`);
    if (/\b(timestamp\(\)|provisioner ")/.test(source)) faults.push(`${file}: a provisioner or a timestamp`);
  }
  return faults;
};
