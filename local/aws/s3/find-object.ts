import { S3Error, s3Errors } from "./errors.ts";
import { type S3Request, versionIn } from "./request.ts";
import type { S3 } from "./s3.ts";
import { type Bucket, type ListedVersion, type StoredObject, versionIdOf } from "./stored.ts";
import { sequenceIn } from "./version-ids.ts";

/** The version with this id. An id that S3 never gave and an id whose version is gone are different errors. */
export const findVersion = (s3: S3, bucket: string, key: string, id: string): ListedVersion => {
  const version = s3.objects.get(bucket, key, id === "null" ? "" : id);
  if (version) return version;
  throw id === "null" || sequenceIn(id) !== undefined
    ? s3Errors.noSuchVersion(key, id)
    : s3Errors.invalidVersion(id);
};

/** `x-amz-version-id`, in a bucket that has or had versions. */
export const versionHeaders = (
  { versioning }: Bucket,
  version: { version: string },
): Record<string, string> => (versioning === "" ? {} : { "x-amz-version-id": versionIdOf(version) });

/** The header of a new version. S3 sends no header for a new null version, only for reads of it. */
export const newVersionHeaders = ({ version }: { version: string }): Record<string, string> =>
  version === "" ? {} : { "x-amz-version-id": version };

const markerHeaders = (bucket: Bucket, marker: ListedVersion): Record<string, string> => ({
  "x-amz-delete-marker": "true",
  ...versionHeaders(bucket, marker),
});

type Options = {
  /** The error for a delete marker that is current; S3 has two. */
  marker?: "missing" | "not allowed";
};

/** The object that the request names: the current one, or the version in its query. */
export const findObject = (
  s3: S3,
  request: S3Request,
  { marker = "missing" }: Options = {},
): StoredObject & ListedVersion => {
  const bucket = s3.bucket(request.bucket);
  const { key, call } = request;
  const id = versionIn(request);
  const found = id === undefined ? s3.objects.get(bucket.name, key) : findVersion(s3, bucket.name, key, id);
  if (found && !found.marker) return found;
  if (found && (id !== undefined || marker === "not allowed")) {
    throw new S3Error(s3Errors.deleteMarker(call.method), {
      allow: "DELETE",
      "last-modified": new Date(found.modified).toUTCString(),
      ...markerHeaders(bucket, found),
    });
  }
  // Without the right to list, a caller must not learn that a key is absent.
  call.authorize("s3:ListBucket", s3.arns.bucket(bucket.name));
  throw new S3Error(s3Errors.noSuchKey(key), found ? markerHeaders(bucket, found) : {});
};
