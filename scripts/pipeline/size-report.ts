// Zip sizes of this build beside those of another, as a Markdown table, for a pull request's report:
// `node scripts/pipeline/size-report.ts <base manifest.json> <manifest.json>`.
import { existsSync } from "node:fs";
import { type Packages, readPackages } from "./release.ts";

const count = (bytes: number): string => bytes.toLocaleString("en-US");

const change = (base: number | undefined, own: number | undefined): string => {
  if (base === undefined) return "new";
  if (own === undefined) return "removed";
  if (own === base) return "";
  const percent = (100 * (own - base)) / base;
  const sign = own > base ? "+" : "−";
  return `${sign}${count(Math.abs(own - base))} (${sign}${Math.abs(percent).toFixed(1)} %)`;
};

export const sizeReport = (base: Packages, own: Packages): string => {
  const names = [...new Set([...Object.keys(base), ...Object.keys(own)])].sort();
  const rows = names.map((name) => {
    const cell = (bytes: number | undefined) => (bytes === undefined ? "" : count(bytes));
    return `| ${name} | ${cell(base[name]?.bytes)} | ${cell(own[name]?.bytes)} | ${change(base[name]?.bytes, own[name]?.bytes)} |`;
  });
  const changed = names.filter((name) => base[name]?.sha256 !== own[name]?.sha256);
  return [
    `Functions whose code changes: ${changed.length === 0 ? "none" : changed.join(", ")}.`,
    "",
    "| function | base, bytes | here, bytes | change |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    "",
  ].join("\n");
};

if (import.meta.main) {
  const [base, own, ...rest] = process.argv.slice(2);
  if (!base || !own || rest.length > 0) {
    console.error(
      "Two manifests are wanted: node scripts/pipeline/size-report.ts <base manifest.json> <manifest.json>",
    );
    process.exitCode = 1;
  } else {
    // A base that did not build yet has no manifest; everything is new then.
    console.log(sizeReport(existsSync(base) ? readPackages(base) : {}, readPackages(own)));
  }
}
