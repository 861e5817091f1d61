// Writes the README's table of functions from the manifests; with --check it only compares, and fails.
import { readFileSync, writeFileSync } from "node:fs";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Trigger } from "#common/manifest/manifest.ts";

const triggerText = (trigger: Trigger): string => {
  switch (trigger.type) {
    case "http":
      return `\`${trigger.route}\` (${trigger.role ?? "public"})`;
    case "authorizer":
      return "every request that is not public";
    case "queue":
      return `queue \`${trigger.queue}\``;
    case "topic":
      return `topic \`${trigger.topic}\``;
    case "bucket":
      return `bucket \`${trigger.bucket}\``;
    case "bus":
      return "bus";
    case "schedule":
      return `\`${trigger.expression}\``;
    case "table":
      return `changes of \`${trigger.table}\``;
    case "delivery-stream":
      return `records of the stream \`${trigger.stream}\``;
    case "log-lines":
      return "log lines of the others";
  }
};

const rows = loadDeclarations("functions").manifests.map(
  ({ name, triggers, description }) =>
    `| \`${name}\` | ${triggers.map(triggerText).join("<br>")} | ${description} |`,
);
const table = ["| function | triggered by | what it does |", "| --- | --- | --- |", ...rows].join("\n");
const readme = readFileSync("README.md", "utf8");
const wanted = readme.replace(
  /(<!-- functions:start -->\n)[\s\S]*?(<!-- functions:end -->)/,
  (_, start: string, end: string) => `${start}${table}\n${end}`,
);
if (wanted === readme) console.log("The README's table of functions is right.");
else if (process.argv.includes("--check")) {
  console.error("The README's table of functions is out of date; run node scripts/readme-functions.ts.");
  process.exitCode = 1;
} else writeFileSync("README.md", wanted);
