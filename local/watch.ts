import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { bundleHashes } from "./bundles.ts";

/** An editor writes a file in several steps. */
const SETTLE_MS = 100;

export type WatchOptions = {
  root: string;
  /** Brings `dist` up to date. */
  build(): Promise<void>;
  swap(functionName: string): void;
  tell(line: string): void;
};

/** Rebuilds when a source changes and swaps the functions whose bundles changed. Gives what ends it. */
export const watchSources = ({ root, build, swap, tell }: WatchOptions): (() => void) => {
  const outFolder = join(root, "dist");
  let before = bundleHashes(outFolder);
  let timer: NodeJS.Timeout | undefined;
  let building = false;
  let again = false;

  const rebuild = async (): Promise<void> => {
    if (building) {
      again = true;
      return;
    }
    building = true;
    try {
      await build();
      const now = bundleHashes(outFolder);
      for (const [name, hash] of now) {
        if (!before.has(name)) tell(`${name} is new: restart to wire its triggers.`);
        else if (before.get(name) !== hash) {
          swap(name);
          tell(`${name} was rebuilt and swapped.`);
        }
      }
      before = now;
    } catch (error) {
      tell(`Not swapped. ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      building = false;
    }
    if (again) {
      again = false;
      await rebuild();
    }
  };

  const onChange = (file: string | null): void => {
    if (file?.endsWith("function.json") || file?.endsWith("resources.json")) {
      tell(`${file} changed: restart to take its triggers and rights in.`);
    }
    clearTimeout(timer);
    timer = setTimeout(() => void rebuild(), SETTLE_MS);
  };
  const watchers: FSWatcher[] = ["functions", "common"].map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, file) => onChange(file)),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
};
