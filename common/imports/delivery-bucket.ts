import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";
import type { ImportBucket } from "./ledger.ts";

/** What S3 calls an object, or a version of it, that is not there any more, or another than was asked for. */
const GONE: ReadonlySet<string> = new Set([
  "NoSuchKey",
  "NoSuchVersion",
  "PreconditionFailed",
  "MethodNotAllowed",
  "NotFound",
]);

const unlessGone = async <T>(get: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await get();
  } catch (error) {
    if (error instanceof Error && GONE.has(error.name)) return undefined;
    throw error;
  }
};

/** The bucket `delivery` in S3. */
export const deliveryBucket = (Bucket: string): ImportBucket => ({
  name: Bucket,

  read: ({ key, versionId, eTag }, fromByte = 0) =>
    unlessGone(async () => {
      const { Body } = await s3().send(
        new GetObjectCommand({
          Bucket,
          Key: key,
          // The null version can be replaced: its tag holds it.
          ...(versionId === undefined || versionId === "null"
            ? { ...(eTag === undefined ? {} : { IfMatch: eTag }) }
            : { VersionId: versionId }),
          ...(fromByte > 0 ? { Range: `bytes=${fromByte}-` } : {}),
        }),
      );
      if (!Body) throw new Error(`S3 gave no bytes of ${key}`);
      return Body as unknown as AsyncIterable<Uint8Array>;
    }),

  get: (Key) =>
    unlessGone(async () => {
      const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
      return Body?.transformToByteArray();
    }),

  put: async (Key, Body, ContentType) => {
    await s3().send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  },
});
