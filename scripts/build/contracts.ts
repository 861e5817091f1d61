import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RouteContract } from "#common/http/contract.ts";
import { type Declarations, triggersOf } from "#common/manifest/manifest.ts";
import { type Access, idempotencyFault } from "#common/middleware/idempotency-store.ts";

export type FunctionRoute = {
  route: string;
  role: string | null;
  functionName: string;
  contract: RouteContract;
};

/**
 * Every route of every function with its contract, in the order of the manifests. Throws one error
 * that names every route that stands in a manifest and not in the contract beside it, or the other way.
 */
export const loadRoutes = async ({ folder, manifests }: Declarations): Promise<FunctionRoute[]> => {
  const faults: string[] = [];
  const routes: FunctionRoute[] = [];
  for (const manifest of manifests) {
    const triggers = triggersOf(manifest, "http");
    const file = join(folder, manifest.name, "contract.ts");
    if (!existsSync(file)) {
      if (triggers.length > 0) faults.push(`${manifest.name}: has routes but no contract.ts`);
      continue;
    }
    const { contract = {} } = (await import(pathToFileURL(file).href)) as {
      contract?: Record<string, RouteContract>;
    };
    const fault = idempotencyFault(contract, manifest.access as Access);
    if (fault !== undefined) faults.push(`${manifest.name}: ${fault}`);
    for (const { route, role } of triggers) {
      const found = contract[route];
      if (found) routes.push({ route, role, functionName: manifest.name, contract: found });
      else faults.push(`${manifest.name}: ${route} is in function.json but not in contract.ts`);
    }
    const known = new Set<string>(triggers.map(({ route }) => route));
    for (const route of Object.keys(contract)) {
      if (!known.has(route))
        faults.push(`${manifest.name}: ${route} is in contract.ts but not in function.json`);
    }
  }
  if (faults.length > 0) throw new Error(`The routes do not fit together:\n  ${faults.join("\n  ")}`);
  return routes;
};
