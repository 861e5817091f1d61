// Builds the bundles in a process of its own. The platform itself then does not load esbuild, nor contracts,
// whose modules would stay in memory after their files have changed.
import { build } from "../../scripts/build/build.ts";

const [functionsFolder = "functions", outFolder = "dist"] = process.argv.slice(2);
try {
  await build({ functionsFolder, outFolder });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
