import { checkCopySource } from "./conditions.ts";
import { s3Errors } from "./errors.ts";
import { findVersion, versionHeaders } from "./find-object.ts";
import type { S3Request } from "./request.ts";
import { currentObject, type S3 } from "./s3.ts";
import type { StoredObject } from "./stored.ts";

export type CopySource = { object: StoredObject; versionNamed: boolean; headers: Record<string, string> };

const invalid = (text: string) =>
  s3Errors.invalidArgument("Invalid copy source object key", "x-amz-copy-source", text);

/** `/bucket/key?versionId=…`, escaped as in a URL; the question mark before `versionId` is not escaped. */
const parse = (text: string): { bucket: string; key: string; version: string | undefined } => {
  const [path = "", version] = text.replace(/^\//, "").split("?versionId=");
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1) throw invalid(text);
  try {
    return {
      bucket: decodeURIComponent(path.slice(0, slash)),
      key: decodeURIComponent(path.slice(slash + 1)),
      version,
    };
  } catch {
    throw invalid(text);
  }
};

/** The object that is copied. Throws unless the caller may read it and its conditions hold. */
export const findCopySource = (s3: S3, request: S3Request): CopySource => {
  const { call } = request;
  const { bucket: name, key, version } = parse(request.header("x-amz-copy-source") ?? "");
  s3.authorizeObject({ call, bucket: name, key }, version === undefined ? "GetObject" : "GetObjectVersion");
  const bucket = s3.bucket(name);
  const object = version === undefined ? currentObject(s3, name, key) : findVersion(s3, name, key, version);
  if (!object) {
    call.authorize("s3:ListBucket", s3.arns.bucket(name));
    throw s3Errors.noSuchKey(key);
  }
  if (object.marker) {
    throw s3Errors.invalidRequest(
      "The source of a copy request may not specifically refer to a delete marker by version id.",
    );
  }
  checkCopySource(request, object, s3.now());
  const { "x-amz-version-id": id } = versionHeaders(bucket, object);
  return {
    object,
    versionNamed: version !== undefined,
    headers: id === undefined || id === "null" ? {} : { "x-amz-copy-source-version-id": id },
  };
};
