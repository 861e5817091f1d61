import { listFolders } from "#common/files/listed-bucket.ts";
import { RAW_FOLDER } from "../partition.ts";
import type { LogDay } from "./day.ts";
import { COMPACTED_FOLDER } from "./day-folders.ts";

/** Which days there are in the lake, by its folders alone: a day of late objects has no item yet. */
export type LakeDays = {
  /** Organizations that have raw objects or generations. */
  organizations(): Promise<string[]>;
  /** Days, up to the last one, that have raw objects. */
  rawDays(organizationId: string, logType: string, last: string): Promise<LogDay[]>;
};

export const lakeDays = (bucket: string, environment: string): LakeDays => {
  /** The values of the folders `<name>=<value>` in this one. */
  const values = async (folder: string, name: string): Promise<string[]> => {
    const folders = await listFolders(bucket, folder);
    return folders.filter((one) => one.startsWith(`${name}=`)).map((one) => one.slice(name.length + 1));
  };

  return {
    organizations: async () => {
      const found = await Promise.all(
        [RAW_FOLDER, COMPACTED_FOLDER].map((root) =>
          values(`${root}environment=${environment}/`, "organization"),
        ),
      );
      return [...new Set(found.flat())].sort();
    },

    rawDays: async (organizationId, logType, last) => {
      const root = `${RAW_FOLDER}environment=${environment}/organization=${organizationId}/logtype=${logType}/`;
      const days: LogDay[] = [];
      for (const year of await values(root, "year")) {
        for (const month of await values(`${root}year=${year}/`, "month")) {
          for (const date of await values(`${root}year=${year}/month=${month}/`, "day")) {
            const day = `${year}-${month}-${date}`;
            if (day <= last) days.push({ organizationId, logType, day });
          }
        }
      }
      return days;
    },
  };
};
