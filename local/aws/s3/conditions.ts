import { s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { ListedUpload, StoredObject } from "./stored.ts";

/** Whether a header's tag, or one of its tags, is the object's; quotes may be left out. */
export const sameTag = (wanted: string, etag: string): boolean =>
  wanted
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === "*" || one === etag || `"${one}"` === etag);

/** Times of headers are whole seconds. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

const timeIn = (text: string | undefined): number | undefined => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : seconds(time);
};

const NOT_ACCEPTED = (name: string) => `We don't accept the provided value of ${name} header for this API`;

/** The conditions of a put on the key's current object: that there is none, or that it has this tag. */
export const checkWrite = (request: S3Request, current: StoredObject | undefined): void => {
  const match = request.header("if-match");
  const noneMatch = request.header("if-none-match");
  if (match !== undefined && noneMatch !== undefined) {
    throw s3Errors.notImplementedHeader(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw s3Errors.notImplementedHeader("If-None-Match", NOT_ACCEPTED("If-None-Match"));
  }
  if (match === "*") throw s3Errors.notImplementedHeader("If-Match", NOT_ACCEPTED("If-Match"));
  if (noneMatch !== undefined && current) throw s3Errors.preconditionFailed("If-None-Match");
  if (match === undefined) return;
  if (!current) throw s3Errors.noSuchKey(request.key);
  if (!sameTag(match, current.etag)) throw s3Errors.preconditionFailed("If-Match");
};

/** A completion with a condition is also refused when the key changed since the upload began. */
export const checkCompletion = (
  request: S3Request,
  current: StoredObject | undefined,
  upload: ListedUpload,
): void => {
  checkWrite(request, current);
  const condition = ["If-Match", "If-None-Match"].find(
    (name) => request.header(name.toLowerCase()) !== undefined,
  );
  if (condition !== undefined && upload.disturbed) throw s3Errors.conflict(condition, request.key);
};

export const checkDelete = (
  match: string | undefined,
  current: StoredObject | undefined,
  key: string,
): void => {
  if (match === undefined) return;
  if (!current) throw s3Errors.noSuchKey(key);
  if (!sameTag(match, current.etag)) throw s3Errors.preconditionFailed("If-Match");
};

type Outcome = "met" | "unmet" | "unchanged";

/**
 * The four conditions of a read, in the order in which S3 looks at them. A tag that matches outweighs a
 * time that does not; a time in the future is no condition.
 */
const outcomeOf = (
  header: (name: string) => string | undefined,
  object: StoredObject,
  now: number,
): { outcome: Outcome; condition: string } => {
  const modified = seconds(object.modified);
  const match = header("If-Match");
  if (match !== undefined && !sameTag(match, object.etag)) return { outcome: "unmet", condition: "If-Match" };
  const unmodifiedSince = timeIn(header("If-Unmodified-Since"));
  if (match === undefined && unmodifiedSince !== undefined && modified > unmodifiedSince) {
    return { outcome: "unmet", condition: "If-Unmodified-Since" };
  }
  const noneMatch = header("If-None-Match");
  if (noneMatch !== undefined) {
    return { outcome: sameTag(noneMatch, object.etag) ? "unchanged" : "met", condition: "If-None-Match" };
  }
  const modifiedSince = timeIn(header("If-Modified-Since"));
  const counts = modifiedSince !== undefined && modifiedSince <= seconds(now);
  return {
    outcome: counts && modified <= modifiedSince ? "unchanged" : "met",
    condition: "If-Modified-Since",
  };
};

/** True: the caller has the current object already, and the answer is 304. */
export const isUnchanged = (request: S3Request, object: StoredObject, now: number): boolean => {
  const { outcome, condition } = outcomeOf((name) => request.header(name.toLowerCase()), object, now);
  if (outcome === "unmet") throw s3Errors.preconditionFailed(condition);
  return outcome === "unchanged";
};

export const checkCopySource = (request: S3Request, source: StoredObject, now: number): void => {
  const prefix = "x-amz-copy-source-";
  const { outcome, condition } = outcomeOf(
    (name) => request.header(prefix + name.toLowerCase()),
    source,
    now,
  );
  if (outcome !== "met") throw s3Errors.preconditionFailed(`${prefix}${condition}`);
};
