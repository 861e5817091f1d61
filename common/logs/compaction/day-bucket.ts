import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";
import { AppError } from "#common/errors/app-error.ts";
import { listKeys } from "#common/files/listed-bucket.ts";
import { RAW_FOLDER } from "../partition.ts";
import type { DayObjects } from "./compact-day.ts";
import type { LogDay } from "./day.ts";
import { COMPACTED_FOLDER, dayPath, LISTS_FOLDER } from "./day-folders.ts";

/** S3's limit on the keys of one call. */
const DELETES_MAX = 1_000;

const NUMBER = /generation=(\d+)\/|\/(\d+)\.json$/;

/** Days' objects in the bucket of the lake. */
export const dayBucket = (Bucket: string, environment: string): DayObjects => {
  /** An object that is gone already counts as removed. */
  const remove = async (keys: readonly string[]): Promise<void> => {
    for (let at = 0; at < keys.length; at += DELETES_MAX) {
      const Objects = keys.slice(at, at + DELETES_MAX).map((Key) => ({ Key }));
      const { Errors = [] } = await s3().send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      const [failed] = Errors;
      if (failed) {
        throw new AppError("DEPENDENCY_FAILED", {
          internal: `S3 did not delete ${Errors.length} of ${Objects.length} objects: ${failed.Code}`,
        });
      }
    }
  };

  const folder = (root: string, day: LogDay): string => root + dayPath(environment, day);
  const listKey = (day: LogDay, number: number): string => `${folder(LISTS_FOLDER, day)}${number}.json`;

  return {
    listRaw: (day) => listKeys(Bucket, folder(RAW_FOLDER, day)),
    removeRaw: remove,

    putList: async (day, number, keys) => {
      await s3().send(
        new PutObjectCommand({
          Bucket,
          Key: listKey(day, number),
          Body: JSON.stringify(keys),
          ContentType: "application/json",
        }),
      );
    },

    getList: async (day, number) => {
      try {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key: listKey(day, number) }));
        return JSON.parse((await Body?.transformToString()) ?? "") as string[];
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchKey") return undefined;
        throw error;
      }
    },

    removeGenerations: async (day, upTo, except) => {
      const [compacted, lists] = await Promise.all(
        [COMPACTED_FOLDER, LISTS_FOLDER].map((root) => listKeys(Bucket, folder(root, day))),
      );
      await remove(
        [...(compacted ?? []), ...(lists ?? [])].filter((key) => {
          const [, generation, listed] = NUMBER.exec(key) ?? [];
          const number = Number(generation ?? listed ?? Number.NaN);
          return number <= upTo && number !== except;
        }),
      );
    },
  };
};
