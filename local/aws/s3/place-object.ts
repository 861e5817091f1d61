import type { ChangeName } from "./changes.ts";
import type { Checksum } from "./checksums.ts";
import { lockOfNew } from "./object-lock.ts";
import { currentObject, type S3 } from "./s3.ts";
import type { Lock, ObjectPart, StoredObject } from "./stored.ts";
import { newVersionId } from "./version-ids.ts";

type Arrival = {
  size: number;
  etag: string;
  headers: Record<string, string>;
  tags: Record<string, string>;
  checksum: Checksum;
  parts?: ObjectPart[];
  /** Properties that the request asked for. */
  lock: Lock;
};

/**
 * Makes a received file the key's current object, one request at a time per key, and notifies the event sources
 * before the answer. `check` sees the object that is current until then, and may refuse.
 */
export const placeObject = (
  s3: S3,
  { bucket: name, key }: { bucket: string; key: string },
  eventName: ChangeName,
  incoming: string,
  { lock, ...arrival }: Arrival,
  check: (current: StoredObject | undefined) => void,
): Promise<StoredObject> =>
  s3.lockKey(name, key, async () => {
    const bucket = s3.bucket(name);
    check(currentObject(s3, name, key));
    const place = s3.objects.nextSequence();
    const object: StoredObject = {
      bucket: name,
      key,
      version: bucket.versioning === "Enabled" ? newVersionId(place) : "",
      marker: false,
      file: s3.files.newContent(),
      modified: s3.now(),
      ...arrival,
      ...lockOfNew(bucket, lock, s3.now()),
    };
    s3.objects.put(object, place, incoming);
    await s3.notify(eventName, object);
    return object;
  });
