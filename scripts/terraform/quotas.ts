// Writes docs/quotas.md from the manifests; with --check it only compares, and fails where a quota is nearly used up.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadDeclarations } from "#common/manifest/load.ts";
import { type Use, usesOf } from "./measure-quotas.ts";

const DOCUMENT = "docs/quotas.md";

/** Beyond this share there is no room left to raise the quota, or to build otherwise, before it is full. */
export const SHARE_MAX = 0.8;

const shareOf = ({ used, limit }: Use): number => used / limit;

const numberText = (value: number, unit: Use["unit"]): string =>
  `${value.toLocaleString("en-US")}${unit === "" ? "" : ` ${unit}`}`;

/** One sentence for each quota of which more than SHARE_MAX is used. */
export const faultsOf = (uses: readonly Use[]): string[] =>
  uses
    .filter((use) => use.held !== true && shareOf(use) >= SHARE_MAX)
    .map(
      ({ what, used, limit, unit, nearest, raisable }) =>
        `${what}${nearest === undefined ? "" : ` (${nearest})`}: ${numberText(used, unit)} of ${numberText(limit, unit)}; ${raisable ? "ask AWS for more" : "AWS does not raise it"}.`,
    );

const row = (use: Use): string => {
  const { what, used, limit, unit, nearest, raisable, held, source } = use;
  const share = `${Math.round(shareOf(use) * 100)} %`;
  return `| [${what}](${source}) | ${numberText(used, unit)} | ${numberText(limit, unit)} | ${share}${held ? " (held)" : ""} | ${nearest ?? ""} | ${raisable ? "yes" : "no"} |`;
};

const documentOf = (uses: readonly Use[]): string => `# Quotas

What AWS limits and what grows with functions, routes and services, nearest to its limit first. Each line links to the
page that states the limit. \`node scripts/terraform/quotas.ts\` writes this page from the manifests, for the longest
names that an environment can have; \`npm run check\` fails when it is out of date, or when ${SHARE_MAX * 100} % of a quota is used.
\`scripts/terraform/checks.ts\` measures every policy and environment of an applied state as well.

| what | used | limit | share | nearest | raised on request |
| --- | ---: | ---: | ---: | --- | --- |
${[...uses]
  .sort((one, other) => shareOf(other) - shareOf(one))
  .map(row)
  .join("\n")}

- *Held*: the code keeps under the limit by itself. The authorizer's policy takes coarser patterns where it would not fit
  ([decision 4](decisions/0004-authorizer-and-second-wall.md)).
- Queues and reservations: a new account may start with far fewer than 1,000 concurrent executions. Look it up before the
  first deployment (\`aws lambda get-account-settings\`).
- Settings are counted with an allowance of 150 bytes each. Inline keys (\`TOKEN_JWKS\`) and many organizations with plans of
  their own take more.
- Not in the manifests, and so not here: usage plans (300 in an account and region, one for each of \`organizations\`), and
  Lambda's 75 GB of stored zips, of which each release takes a few megabytes.
`;

if (import.meta.main) {
  const environments = readdirSync("terraform/environments").filter((file) =>
    file.endsWith(".tfvars"),
  ).length;
  const uses = usesOf(loadDeclarations("functions"), environments);
  const faults = faultsOf(uses);
  const document = documentOf(uses);
  if (!process.argv.includes("--check")) writeFileSync(DOCUMENT, document);
  else if (readFileSync(DOCUMENT, "utf8") !== document) {
    faults.push(`${DOCUMENT} is out of date; run node scripts/node24.mjs scripts/terraform/quotas.ts.`);
  }
  if (faults.length > 0) {
    console.error(faults.join("\n"));
    process.exitCode = 1;
  }
}
