import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import type { LogLine } from "#common/logs/line.ts";
import { partitionOf, partitionPath } from "#common/logs/partition.ts";

/** What the raw folders of a local lake hold. */
export type LakeCount = {
  lines: number;
  /** How often each id was found. */
  ids: Map<string, number>;
  /** Keys of objects with a line that belongs elsewhere. */
  misfiled: string[];
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Reads every line below `logs/` of a local lake, as its files on this machine. */
export const countLake = (dataFolder: string): LakeCount => {
  const root = join(dataFolder, "buckets", "objects", "millrace-local-lake");
  const count: LakeCount = { lines: 0, ids: new Map(), misfiled: [] };
  for (const file of filesBelow(join(root, "logs"))) {
    const key = relative(root, file);
    for (const text of gunzipSync(readFileSync(file)).toString("utf8").split("\n")) {
      if (text === "") continue;
      const line = JSON.parse(text) as LogLine;
      // The platform's own messages, of the requests that are made here.
      if (line.logType === "platform") continue;
      count.lines += 1;
      const id = `${line.organizationID}/${line.id}`;
      count.ids.set(id, (count.ids.get(id) ?? 0) + 1);
      if (!key.startsWith(`logs/${partitionPath(partitionOf(line))}`)) count.misfiled.push(key);
    }
  }
  return count;
};

/** Objects that wait below `errors/`. */
export const waitingErrors = (dataFolder: string): string[] => {
  const root = join(dataFolder, "buckets", "objects", "millrace-local-lake");
  try {
    return filesBelow(join(root, "errors")).map((file) => relative(root, file));
  } catch {
    return [];
  }
};
