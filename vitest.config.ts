import { globSync, readFileSync } from "node:fs";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Whole platforms, processes and builds: seconds each. */
const SYSTEM = [
  "local/system/**/*.test.ts",
  "local/start/**/*.test.ts",
  "local/platform*.test.ts",
  "scripts/{check,guides,node24,testing/hold-output}.test.ts",
  "scripts/build/**/*.test.ts",
  "scripts/soak/**/*.test.ts",
];
const PORT = ["local/{aws,gateway,issuer,runtime,seen,sources}/**/*.test.ts"];
const ALL = ["{common,functions,local,scripts,bench}/**/*.test.ts"];

/** Functions and clients read the environment once, so a test that sets it needs modules of its own. */
const SETS_ENVIRONMENT =
  /process\.env|startFunction|startReader|startAuthorizer|vi\.(stubEnv|mock|doMock|resetModules)/;

/** Two projects: files that share a worker and its modules, and `… alone`, each in a worker of its own. */
const projects = (
  name: string,
  include: readonly string[],
  exclude: readonly string[] = [],
): TestProjectInlineConfiguration[] => {
  const files = globSync(include, { cwd: import.meta.dirname, exclude: ["**/node_modules/**", ...exclude] });
  const alone = files.filter((file) => SETS_ENVIRONMENT.test(readFileSync(file, "utf8")));
  const common = {
    // Long enough for a machine that is busy with much else: a test that hangs is rare, a busy machine is not.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ["scripts/testing/hold-output.ts"],
    // Its files import each other without an extension, which Node alone does not resolve.
    server: { deps: { inline: ["dt-sql-parser"] } },
  };
  return [
    {
      test: { ...common, name, include: files.filter((file) => !alone.includes(file)), isolate: false },
    },
    { test: { ...common, name: `${name} alone`, include: alone } },
  ];
};

export default defineConfig({
  test: {
    // What a test printed is shown when it fails; scripts/testing/hold-output.ts brings it all to the console.
    silent: "passed-only",
    projects: [
      ...projects("system", SYSTEM),
      ...projects("port", PORT),
      ...projects("unit", ALL, [...SYSTEM, ...PORT]),
    ],
  },
});
