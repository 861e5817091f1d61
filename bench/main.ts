// `npm run bench` runs every benchmark, each in a process of its own, and prints one table;
// `npm run bench -- token` runs one, and `npm run bench -- events` all that begin with `events-`. Ends with 1
// when one could not run or its two sides did not do the same. A goal that is missed is printed as missed, and
// is no failure: machines differ, and are at times busy.
import { globSync } from "node:fs";
import { cpus } from "node:os";
import { basename } from "node:path";
import { optionsOrExit, refuse } from "../scripts/options.ts";
import { runStep } from "../scripts/steps.ts";
import { isMet, table } from "./row.ts";
import { type Outcome, runBenchmark } from "./run-benchmark.ts";

const { arguments: wanted } = optionsOrExit("bench", process.argv.slice(2));
const names = globSync("*.bench.ts", { cwd: import.meta.dirname })
  .map((file) => basename(file, ".bench.ts"))
  .sort();
/** `logs` means `logs-library` and its sisters, too. */
const meantBy = (word: string): string[] =>
  names.filter((name) => name === word || name.startsWith(`${word}-`));
const unknown = wanted.filter((word) => meantBy(word).length === 0);
if (unknown.length > 0) {
  refuse([`There is no benchmark ${unknown.join(", ")}; there are ${names.join(", ")}.`]);
  process.exit();
}

const prepare = [
  // With the types of what is measured against, which the root's check does not have.
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-p", "bench"] },
  // The bundles that are measured are those of the sources as they are.
  { name: "build", args: ["build.mjs"] },
];
for (const step of prepare) {
  const { ok, output } = await runStep(step);
  if (ok) continue;
  console.error(output.trimEnd());
  process.exit(1);
}

const outcomes: Outcome[] = [];
for (const name of wanted.length > 0 ? new Set(wanted.flatMap(meantBy)) : names) {
  console.error(`running ${name} …`);
  outcomes.push(await runBenchmark(name));
}

const rows = outcomes.flatMap((outcome) => outcome.rows);
const failed = outcomes.filter(({ failure }) => failure !== undefined);
console.log(
  `${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}\n`,
);
console.log(table(rows));
for (const { name, failure } of failed) console.log(`\nFAILED  ${name}: ${failure}`);
const missed = rows.filter((row) => isMet(row) === false).length;
const met = rows.filter((row) => isMet(row) === true).length;
console.log(
  `\n${outcomes.length - failed.length} benchmarks ran, ${failed.length} failed; ${met} goals met, ${missed} missed, ${rows.length - met - missed} rows have none`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
