// Every function folder to dist/<name>.zip: `npm run build`.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "./scripts/build/build.ts";
import { optionsOrExit } from "./scripts/options.ts";

export { build };

/**
 * A line for each function with its size and budget, and the functions that are over their budget or have none.
 */
const report = (built, budgets) => {
  const over = [];
  for (const { name, bytes, rebuilt } of built) {
    const budget = budgets[name]?.zipBytes;
    if (budget === undefined)
      over.push(`${name} has no budget: add it to budgets.json (it is ${bytes} bytes).`);
    else if (bytes > budget)
      over.push(`${name} is ${bytes} bytes, ${bytes - budget} over its budget of ${budget}.`);
    console.log(
      `${name.padEnd(28)} ${String(bytes).padStart(8)} bytes  of ${String(budget ?? "?").padStart(8)}  ${rebuilt ? "built" : "unchanged"}`,
    );
  }
  return over;
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  optionsOrExit("build", process.argv.slice(2));
  try {
    const built = await build({ functionsFolder: "functions", outFolder: "dist" });
    const over = report(built, JSON.parse(readFileSync("budgets.json", "utf8")));
    for (const line of over) console.error(line);
    if (over.length > 0) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
