import { existsSync, type FSWatcher, readdirSync, watch } from "node:fs";
import { join, relative } from "node:path";
import { bundleHashes } from "./bundles.ts";

/** How long to wait for further changes, because an editor writes a file in several steps. */
const SETTLE_MS = 100;

const SOURCES = ["functions", "common"];

const foldersIn = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name)),
];

export type WatchOptions = {
  root: string;
  /** Brings `dist` up to date. */
  build(): Promise<void>;
  swap(functionName: string): void;
  report(line: string): void;
};

/** Rebuilds when a source changes and swaps the functions whose bundles changed. Returns a function that ends it. */
export const watchSources = ({ root, build, swap, report }: WatchOptions): (() => void) => {
  const outFolder = join(root, "dist");
  let before = bundleHashes(outFolder);
  let timer: NodeJS.Timeout | undefined;
  let building = false;
  let hasFault = false;
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
      if (hasFault) report("The source builds again.");
      hasFault = false;
      for (const [name, hash] of now) {
        if (!before.has(name)) report(`${name} is new: restart to wire its triggers.`);
        else if (before.get(name) !== hash) {
          swap(name);
          report(`${name} was rebuilt and swapped.`);
        }
      }
      before = now;
    } catch (error) {
      hasFault = true;
      report(`Not swapped. ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      building = false;
    }
    if (again) {
      again = false;
      await rebuild();
    }
  };

  const onChange = (file: string): void => {
    if (file.endsWith("function.json") || file.endsWith("resources.json")) {
      report(`${file} changed: restart to take its triggers and rights in.`);
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      follow();
      void rebuild();
    }, SETTLE_MS);
  };

  // One watcher for each folder, because Node's recursive one misses files that an editor replaces.
  const watchers = new Map<string, FSWatcher>();
  const follow = (): void => {
    for (const folder of SOURCES.flatMap((source) => foldersIn(join(root, source)))) {
      if (watchers.has(folder)) continue;
      const watcher = watch(folder, (_event, file) =>
        onChange(join(relative(root, folder), String(file ?? ""))),
      );
      watcher.on("error", () => watcher.close());
      watcher.on("close", () => watchers.delete(folder));
      watchers.set(folder, watcher);
    }
    for (const [folder, watcher] of watchers) if (!existsSync(folder)) watcher.close();
  };
  follow();
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
};
