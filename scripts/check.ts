// Everything that reads the code without running it: `npm run check`.
import { optionsOrExit } from "./options.ts";
import { printStep, runStep, runSteps, type Step } from "./steps.ts";

const bin = (file: string) => `node_modules/${file}`;

export const CHECKS: Step[] = [
  { name: "types", args: [bin("typescript/bin/tsc"), "-p", "."] },
  {
    name: "format and lint",
    args: [bin("@biomejs/biome/bin/biome"), "ci", "--colors=off", "--error-on-warnings", "."],
  },
  {
    name: "who imports whom",
    args: [
      bin("dependency-cruiser/bin/dependency-cruiser.mjs"),
      "--config",
      ".dependency-cruiser.mjs",
      "functions",
      "common",
      "local",
      "scripts",
      "bench",
    ],
  },
  { name: "unused files and exports", args: [bin("knip/bin/knip.js"), "--no-progress"] },
  {
    name: "code that only tests use",
    args: [bin("knip/bin/knip.js"), "--no-progress", "--production", "--include=files,exports,types"],
  },
  { name: "secrets", args: [bin("secretlint/bin/secretlint.js"), "--maskSecrets", "**/*"] },
  { name: "words of comments", args: ["scripts/words.ts"] },
  { name: "quotas of AWS", args: ["scripts/terraform/quotas.ts", "--check"] },
  {
    name: "the OpenAPI document",
    args: [bin("@redocly/cli/bin/cli.js"), "lint", "dist/openapi.json"],
    environment: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "true" },
  },
];

if (import.meta.main) {
  optionsOrExit("check", process.argv.slice(2));
  // The checkers read what the build generates.
  const built = await runStep({ name: "build", args: ["build.mjs"] });
  printStep(built);
  const results = built.ok ? await runSteps(CHECKS, 3) : [];
  const failed = [built, ...results].filter(({ ok }) => !ok).length;
  console.log(`${results.length + 1 - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
