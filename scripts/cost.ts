// Dollars a month of each environment that is not used, and dollars per million events: `npm run cost`.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { loadDeclarations } from "#common/manifest/load.ts";
import { eventsCost, naiveEventsCost } from "./cost/events.ts";
import { type Billed, idleCost, type Line, sum } from "./cost/idle.ts";
import { readBilled, readMeasured, readPrices } from "./cost/prices.ts";
import { optionsOrExit } from "./options.ts";

optionsOrExit("cost", process.argv.slice(2));

const root = join(import.meta.dirname, "..");
const prices = readPrices();
const measured = readMeasured();
const { manifests } = loadDeclarations(join(root, "functions"));

const money = (usd: number): string => usd.toFixed(2).padStart(8);
const print = (lines: readonly Line[]): void => {
  for (const { what, usd } of lines) console.log(`${money(usd)}    ${what}`);
};

console.log(`US dollars, list prices of ${prices.region} (bench/prices.json), no free tier.\n`);
console.log("A month of an environment that is not used:");
const environments = readdirSync(join(root, "bench", "billed")).sort();
for (const file of environments) {
  const lines = idleCost(prices, readBilled(file) as Billed);
  console.log(`\n${money(sum(lines))}  ${basename(file, ".json")}`);
  print(lines);
}

console.log(
  "\nA million events, from POST /events until they are stored and on the bus, behind a firewall:\n",
);
const deps = { prices, measured, manifests };
const sizes = [1, 10, 100, 500];
const ours = sizes.map((size) => eventsCost(deps, size));
const naive = sizes.map((size) => naiveEventsCost(deps, size));
const row = (what: string, values: readonly number[]): void =>
  console.log(`${what.padEnd(34)}${values.map(money).join("")}`);
console.log(`${"events in a request".padEnd(34)}${sizes.map((size) => String(size).padStart(8)).join("")}`);
for (const { what } of ours[0] ?? []) {
  row(
    `  ${what}`,
    ours.map((lines) => lines.find((line) => line.what === what)?.usd ?? 0),
  );
}
row("here", ours.map(sum));
row("naively", naive.map(sum));
console.log(
  `${"naively / here".padEnd(34)}${ours.map((lines, at) => `${(sum(naive[at] ?? []) / sum(lines)).toFixed(1)} ×`.padStart(8)).join("")}`,
);

const unseen = Object.entries(prices.prices).filter(([, { seen }]) => seen === null);
console.log(`
Naively: a message and an invocation for each event, a put for each item, no chains.
CPU and write units: ${measured.by}, on ${measured.where}.
Assumed (bench/measured.json): ${measured.assumed.why}
Not in it: stored bytes, what is read, data that leaves AWS, the bootstrap's two keys.
Prices that no public text was found for: ${unseen.map(([name]) => name).join(", ")}.`);
