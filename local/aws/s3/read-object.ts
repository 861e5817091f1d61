import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { type Checksum, checksumHeaders } from "./checksums.ts";
import { isUnchanged } from "./conditions.ts";
import { findObject, versionHeaders } from "./find-object.ts";
import { lockHeaders } from "./object-lock.ts";
import { type Slice, sliceOf } from "./ranges.ts";
import { type S3Request, versionIn } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { StoredObject } from "./stored.ts";

const OVERRIDES =
  /^response-(content-type|content-language|expires|cache-control|content-disposition|content-encoding)$/;

/** A range has no checksum, except a whole part, which has its own if that was stored. */
const checksumShown = (
  { checksum, parts, size }: StoredObject,
  slice: Slice | undefined,
): Checksum | undefined => {
  if (!checksum || slice === undefined) return checksum;
  const isWhole = slice.end - slice.start + 1 === size;
  if (slice.part === undefined || !parts) return isWhole ? checksum : undefined;
  if (checksum.type === "FULL_OBJECT") return isWhole ? checksum : undefined;
  return slice.part.checksum === undefined ? undefined : { ...checksum, value: slice.part.checksum };
};

const describe = (s3: S3, request: S3Request, object: StoredObject): Record<string, string> => {
  const kept = Object.entries(object.headers).filter(
    // Objects of an older platform have their checksums here.
    ([name, value]) =>
      !name.startsWith("x-amz-checksum-") && !(name === "x-amz-storage-class" && value === "STANDARD"),
  );
  const overrides = [...request.query].flatMap(([name, value]) => {
    const header = OVERRIDES.exec(name)?.[1];
    return header === undefined ? [] : [[header, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(overrides),
    etag: object.etag,
    "last-modified": new Date(object.modified).toUTCString(),
    "accept-ranges": "bytes",
    ...versionHeaders(s3.bucket(object.bucket), object),
    ...lockHeaders(s3, request, object),
  };
};

/** GetObject and HeadObject up to the body. */
export const readObject = (s3: S3, request: S3Request, withBody: boolean): Answer => {
  s3.authorizeObject(request, versionIn(request) === undefined ? "GetObject" : "GetObjectVersion");
  const object = findObject(s3, request);
  const headers = describe(s3, request, object);
  if (isUnchanged(request, object, s3.now())) return emptyAnswer(304, headers);
  const slice = sliceOf(request, object);
  const checksum =
    request.header("x-amz-checksum-mode") === "ENABLED" ? checksumShown(object, slice) : undefined;
  const tagCount = Object.keys(object.tags).length;
  const answer = {
    status: slice ? 206 : 200,
    headers: {
      ...headers,
      ...checksumHeaders(checksum),
      "content-length": String(slice ? slice.end - slice.start + 1 : object.size),
      ...(slice ? { "content-range": `bytes ${slice.start}-${slice.end}/${object.size}` } : {}),
      ...(slice?.part && object.parts ? { "x-amz-mp-parts-count": String(object.parts.length) } : {}),
      ...(withBody && tagCount > 0 ? { "x-amz-tagging-count": String(tagCount) } : {}),
    },
  };
  if (!withBody || object.size === 0) return { ...answer, body: undefined };
  return { ...answer, body: s3.files.read(object.file, slice && { start: slice.start, end: slice.end }) };
};
