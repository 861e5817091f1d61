import { gzipSync } from "node:zlib";
import { inParallel } from "#common/async/in-parallel.ts";
import type { DayStates, LogDay } from "../compaction/day.ts";
import { addLateObject } from "../compaction/late-object.ts";
import { type Partition, partitionOf, partitionPath, RAW_FOLDER } from "../partition.ts";
import type { LateLine } from "./late-line.schema.ts";

export type WriteLateLinesDeps = {
  days: Pick<DayStates, "change">;
  putFile: (key: string, body: Uint8Array) => Promise<void>;
  newId: () => string;
};

const FOLDERS_AT_ONCE = 8;

const dayOf = ({ organization, logtype, year, month, day }: Partition): LogDay => ({
  organizationId: organization,
  logType: logtype,
  day: `${year.padStart(4, "0")}-${month}-${day}`,
});

/**
 * Puts late lines into their folders, all of a folder as one object under a name that was never used, and
 * notes it in the state of the day. Answers the lines of folders where that failed, and why; the others are safe.
 */
export const makeWriteLateLines =
  ({ days, putFile, newId }: WriteLateLinesDeps) =>
  async <Line extends LateLine>(lines: readonly Line[]): Promise<Map<Line, unknown>> => {
    const failed = new Map<Line, unknown>();
    const folders = Map.groupBy(lines, (line) => partitionPath(partitionOf(line)));
    await inParallel([...folders], FOLDERS_AT_ONCE, async ([path, ofFolder]) => {
      const [first] = ofFolder;
      if (!first) return;
      const body = gzipSync(ofFolder.map((line) => `${JSON.stringify(line)}\n`).join(""));
      const put = () => putFile(`${RAW_FOLDER}${path}late-${newId()}.gz`, body);
      try {
        await addLateObject(days, dayOf(partitionOf(first)), put);
      } catch (error) {
        for (const line of ofFolder) failed.set(line, error);
      }
    });
    return failed;
  };
