import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A text of a file below `common/`, and what takes its place. */
export type Change = { file: string; from: string; to: string };

const common = resolve(import.meta.dirname, "..");

const isSource = (path: string): boolean => !path.endsWith(".test.ts");

/**
 * Copies of `common/` with some text of them changed, for tests that show that a model finds what looks
 * right and is not. `load` answers the module at this path below `common/`, loaded from a copy of its own,
 * and throws when a file does not say what is to be changed. `remove` deletes all copies.
 */
export const changedSources = () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-changed-"));
  const load = async <Module>(path: string, changes: readonly Change[]): Promise<Module> => {
    const copy = mkdtempSync(join(folder, "copy-"));
    cpSync(common, join(copy, "common"), { recursive: true, filter: isSource });
    // `#common/…` in the copy is the copy.
    writeFileSync(
      join(copy, "package.json"),
      JSON.stringify({ type: "module", imports: { "#common/*": "./common/*" } }),
    );
    symlinkSync(resolve(common, "../node_modules"), join(copy, "node_modules"));
    for (const { file, from, to } of changes) {
      const source = readFileSync(join(copy, "common", file), "utf8");
      if (!source.includes(from)) throw new Error(`common/${file} does not say: ${from}`);
      writeFileSync(join(copy, "common", file), source.replace(from, to));
    }
    return (await import(/* @vite-ignore */ pathToFileURL(join(copy, "common", path)).href)) as Module;
  };
  return { load, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
