import type { PortListeners } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { notifyChanges } from "./changes.ts";
import { s3Errors } from "./errors.ts";
import { keyLocks } from "./key-locks.ts";
import type { S3Request } from "./request.ts";
import { openStore } from "./store.ts";
import type { Bucket, ListedVersion, StoredObject } from "./stored.ts";

/** What every action works with. */
export const openContext = (
  root: string,
  arns: Arns,
  listeners: Pick<PortListeners, "onBucketChange">,
  now: () => number,
) => {
  const store = openStore(root);
  const locked = keyLocks();

  return {
    ...store,
    arns,
    now,
    notify: notifyChanges(listeners, now),
    /** One at a time per key. */
    lockKey: <T>(bucket: string, key: string, run: () => Promise<T>): Promise<T> =>
      locked(`key ${bucket}/${key}`, run),
    lockUpload: <T>(id: string, run: () => Promise<T>): Promise<T> => locked(`upload ${id}`, run),
    bucket: (name: string): Bucket => {
      const bucket = store.buckets.get(name);
      if (!bucket) throw s3Errors.noSuchBucket(name);
      return bucket;
    },
    /** Throws unless the caller may do this with the object that the request names. */
    authorizeObject: ({ call, bucket, key }: Pick<S3Request, "call" | "bucket" | "key">, action: string) =>
      call.authorize(`s3:${action}`, arns.bucket(`${bucket}/${key}`)),
    /** Throws unless the caller may do this with the bucket, and unless there is one. */
    authorizeBucket: ({ call, bucket }: Pick<S3Request, "call" | "bucket">, action: string): Bucket => {
      call.authorize(`s3:${action}`, arns.bucket(bucket));
      const found = store.buckets.get(bucket);
      if (!found) throw s3Errors.noSuchBucket(bucket);
      return found;
    },
  };
};
export type S3 = ReturnType<typeof openContext>;

/** The current object of a key, or undefined if there is none or a delete marker. */
export const currentObject = (
  s3: S3,
  bucket: string,
  key: string,
): (StoredObject & ListedVersion) | undefined => {
  const current = s3.objects.get(bucket, key);
  return current && !current.marker ? current : undefined;
};
