import { checkDelete } from "./conditions.ts";
import { findVersion } from "./find-object.ts";
import { bypassesGovernance, checkRemoval } from "./object-lock.ts";
import type { S3Request } from "./request.ts";
import { currentObject, type S3 } from "./s3.ts";
import { type DeleteMarker, versionIdOf } from "./stored.ts";
import { newVersionId, sequenceIn } from "./version-ids.ts";

type Target = { key: string; version: string | undefined; ifMatch: string | undefined };

/** `version`: of the delete marker that was made, or of the version that is gone; absent without versions. */
export type Removed = { version?: string; marker: boolean };

/** Removes the current object, or puts a delete marker over it where versions are kept. */
const removeCurrent = async (s3: S3, bucketName: string, { key, ifMatch }: Target): Promise<Removed> => {
  const bucket = s3.bucket(bucketName);
  const current = currentObject(s3, bucketName, key);
  checkDelete(ifMatch, current, key);
  if (bucket.versioning === "") {
    if (current) {
      s3.objects.remove(current);
      await s3.notify("ObjectRemoved:Delete", current);
    }
    return { marker: false };
  }
  const place = s3.objects.nextSequence();
  const version = bucket.versioning === "Enabled" ? newVersionId(place) : "";
  const marker: DeleteMarker = { bucket: bucketName, key, version, marker: true, modified: s3.now() };
  s3.objects.mark(marker, place);
  await s3.notify("ObjectRemoved:DeleteMarkerCreated", marker);
  return { marker: true, version: versionIdOf(marker) };
};

const removeNamed = async (
  s3: S3,
  request: S3Request,
  key: string,
  id: string,
  bypass: boolean,
): Promise<Removed> => {
  const { bucket } = request;
  const isGone =
    s3.objects.get(bucket, key, id === "null" ? "" : id) === undefined &&
    (id === "null" || sequenceIn(id) !== undefined);
  // The version is gone already, and S3 answers success.
  if (isGone) return { version: id, marker: false };
  const found = findVersion(s3, bucket, key, id);
  if (!found.marker) checkRemoval(found, bypass, s3.now());
  s3.objects.remove(found);
  await s3.notify("ObjectRemoved:Delete", found);
  return { marker: found.marker, ...(s3.bucket(bucket).versioning === "" ? {} : { version: id }) };
};

/** One removal of DeleteObject or DeleteObjects. */
export const removeVersion = (s3: S3, request: S3Request, target: Target): Promise<Removed> => {
  const { key, version } = target;
  s3.authorizeObject({ ...request, key }, version === undefined ? "DeleteObject" : "DeleteObjectVersion");
  const bypass = bypassesGovernance(s3, request, key);
  return s3.lockKey(request.bucket, key, () =>
    version === undefined
      ? removeCurrent(s3, request.bucket, target)
      : removeNamed(s3, request, key, version, bypass),
  );
};
