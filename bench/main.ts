// `npm run bench` runs every benchmark and prints one table; `npm run bench -- token` runs one.
import { globSync } from "node:fs";
import { cpus } from "node:os";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isMet, type Row, table } from "./row.ts";

const wanted = process.argv.slice(2);
const folder = import.meta.dirname;
const all = globSync("*.bench.ts", { cwd: folder }).sort();
const names = all.map((file) => basename(file, ".bench.ts"));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  process.exit(1);
}

const rows: Row[] = [];
for (const name of wanted.length > 0 ? wanted : names) {
  console.error(`running ${name} …`);
  const { run } = (await import(pathToFileURL(resolve(folder, `${name}.bench.ts`)).href)) as {
    run: () => Promise<Row[]>;
  };
  rows.push(...(await run()));
}

console.log(
  `${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}\n`,
);
console.log(table(rows));
const missed = rows.filter((row) => isMet(row) === false);
console.log(
  `\n${rows.length - missed.length} of ${rows.length} rows met their goal or have none, ${missed.length} missed`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
