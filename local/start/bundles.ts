import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../aws/port/errors.ts";

/** Everything that a bundle depends on. */
const SOURCES = [
  "functions/**/*",
  "common/**/*",
  "scripts/build/**/*",
  "build.mjs",
  "package.json",
  "package-lock.json",
];

/**
 * A hash of the names, sizes and times of all sources. It takes a few milliseconds, and asking the build takes
 * a second.
 */
const fingerprint = (root: string): string => {
  const hash = createHash("sha256");
  for (const file of globSync(SOURCES, { cwd: root }).sort()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
};

const runBuild = (root: string): Promise<void> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, "local/start/build-bundles.ts"), "functions", "dist"], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint += text;
    });
    child.on("error", fail);
    child.on("exit", (code) =>
      code === 0
        ? done()
        : fail(new StartError(complaint.trim() || "The build ended without saying why: run npm run build.")),
    );
  });

/** The hash of each function's bundle. */
export const bundleHashes = (outFolder: string): Map<string, string> => {
  const path = join(outFolder, "manifest.json");
  if (!existsSync(path)) return new Map();
  const { functions } = JSON.parse(readFileSync(path, "utf8")) as {
    functions: Record<string, { sha256: string }>;
  };
  return new Map(Object.entries(functions).map(([name, { sha256 }]) => [name, sha256]));
};

/** Builds what is stale, after `onStale`. Rejects with the build's own words when a source is at fault. */
export const buildBundles = async (root: string, onStale = (): void => {}): Promise<void> => {
  const stamp = join(root, "dist", ".built-from");
  const sources = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  onStale();
  await runBuild(root);
  writeFileSync(stamp, sources);
};
