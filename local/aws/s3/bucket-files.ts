import { receive, writeMeasured } from "./body.ts";
import { placeObject } from "./place-object.ts";
import { currentObject, type S3 } from "./s3.ts";

/** The buckets as an engine in this process sees them, which checks its caller's rights itself. */
export const bucketFiles = (s3: S3) => ({
  /** Shows every current object under its key. */
  folderOf: s3.files.folderOf,
  /** Whether a key begins so. */
  has: (bucket: string, prefix: string): boolean =>
    s3.objects.list(bucket, prefix, { from: prefix }, 1).some(({ key }) => key.startsWith(prefix)),
  /** The file with an object's bytes, which never changes; undefined if there is no such object. */
  fileOf: (bucket: string, key: string): string | undefined => {
    const object = currentObject(s3, bucket, key);
    return object && s3.files.pathOf(object.file);
  },
  put: async (bucket: string, key: string, file: string): Promise<void> => {
    await receive(
      s3.files,
      (into) => writeMeasured({ headers: {} }, s3.files.readForeign(file), into, "CRC64NVME"),
      (incoming, { size, md5, checksum }) =>
        placeObject(
          s3,
          { bucket, key },
          "ObjectCreated:Put",
          incoming,
          {
            size,
            etag: `"${md5}"`,
            headers: {},
            tags: {},
            checksum: { ...checksum, type: "FULL_OBJECT" },
            lock: {},
          },
          () => {},
        ),
    );
  },
});
export type BucketFiles = ReturnType<typeof bucketFiles>;
