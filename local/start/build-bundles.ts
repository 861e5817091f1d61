// Builds the bundles in a process of its own: the platform then holds neither esbuild nor yesterday's
// contracts, which an import would keep.
import { build } from "../../scripts/build/build.ts";

const [functionsFolder = "functions", outFolder = "dist"] = process.argv.slice(2);
try {
  await build({ functionsFolder, outFolder });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
