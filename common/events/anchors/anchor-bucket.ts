import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";

const PREFIX = "anchors/";

/** How long an anchor cannot be deleted, because an auditor may ask for it seven years later. */
const LOCK_YEARS = 7;

const isThere = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === "PreconditionFailed" || error.name === "ConditionalRequestConflict");

/** The anchors in a bucket, by key in the order of their days. */
export const bucketAnchors = (Bucket: string, now: () => Date = () => new Date()) => {
  const get = async (Key: string): Promise<Uint8Array> => {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };

  return {
    lastBefore: async (key: string): Promise<{ key: string; bytes: Uint8Array } | undefined> => {
      let last: string | undefined;
      let ContinuationToken: string | undefined;
      do {
        const page = await s3().send(
          new ListObjectsV2Command({
            Bucket,
            Prefix: PREFIX,
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
        );
        for (const { Key = "" } of page.Contents ?? []) if (Key < key) last = Key;
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return last === undefined ? undefined : { key: last, bytes: await get(last) };
    },

    put: async (Key: string, Body: Uint8Array): Promise<boolean> => {
      const until = now();
      until.setUTCFullYear(until.getUTCFullYear() + LOCK_YEARS);
      try {
        await s3().send(
          new PutObjectCommand({
            Bucket,
            Key,
            Body,
            ContentType: "application/json",
            IfNoneMatch: "*",
            ObjectLockMode: "GOVERNANCE",
            ObjectLockRetainUntilDate: until,
          }),
        );
        return true;
      } catch (error) {
        if (isThere(error)) return false;
        throw error;
      }
    },
  };
};
