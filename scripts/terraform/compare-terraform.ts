import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Declarations } from "#common/manifest/manifest.ts";
import { factsOfManifests } from "./manifest-facts.ts";
import { deploymentOf, factsOfState, resourcesOf } from "./state-facts.ts";

/**
 * Holds what Terraform made against the manifests as the local platform reads them. Both sides become
 * facts, a name and a value each; what only one side has, or what differs, is a difference.
 *
 * A state after apply is compared rather than a plan: a plan lacks the ids that link a mapping or a
 * subscription to its function.
 */

/** Every difference between the manifests and a state (`terraform show -json`), one line each. */
export const compareTerraform = (
  declarations: Declarations,
  state: unknown,
  environment: string,
): { facts: number; differences: string[] } => {
  const resources = resourcesOf(state);
  const deployment = deploymentOf(resources, environment);
  const expected = factsOfManifests(declarations, deployment);
  const actual = factsOfState(resources, declarations, deployment);
  const differences = [...new Set([...expected.keys(), ...actual.keys()])].sort().flatMap((fact) => {
    const wanted = expected.get(fact);
    const found = actual.get(fact);
    if (wanted === found) return [];
    if (found === undefined) return [`missing in Terraform: ${fact} = ${wanted}`];
    if (wanted === undefined) return [`only in Terraform: ${fact} = ${found}`];
    return [`${fact}: the manifests say ${wanted}; Terraform has ${found}`];
  });
  return { facts: expected.size, differences };
};

if (import.meta.main) {
  const [stateFile, environment, functionsFolder = "functions"] = argv.slice(2);
  if (stateFile === undefined || environment === undefined) {
    console.error(
      "Usage: compare-terraform.ts <terraform show -json of the state> <environment> [functions folder]",
    );
    exit(2);
  }
  const state: unknown = JSON.parse(readFileSync(stateFile, "utf8"));
  const { facts, differences } = compareTerraform(loadDeclarations(functionsFolder), state, environment);
  for (const difference of differences) console.log(difference);
  console.log(`${facts} facts compared, ${differences.length} differences`);
  exit(differences.length === 0 ? 0 : 1);
}
