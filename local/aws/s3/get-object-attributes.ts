import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { xmlAnswer } from "./answers.ts";
import { checksumElement } from "./checksums.ts";
import { s3Errors } from "./errors.ts";
import { findObject, versionHeaders } from "./find-object.ts";
import { countIn } from "./list-parameters.ts";
import { type S3Request, versionIn } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { StoredObject } from "./stored.ts";

const NAMES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

const checksumAttribute = ({ checksum }: StoredObject): string =>
  checksum
    ? wrap(
        "Checksum",
        element(checksumElement(checksum.algorithm), checksum.value.replace(/-\d+$/, "")) +
          element("ChecksumType", checksum.type),
      )
    : "";

/** Parts are listed only where each has a checksum of its own. */
const partsAttribute = ({ parts, checksum }: StoredObject, request: S3Request): string => {
  if (!parts) return "";
  if (checksum?.type !== "COMPOSITE") return wrap("ObjectParts", element("PartsCount", parts.length));
  const max = countIn(request.header("x-amz-max-parts"), "max-parts");
  const after = Number(request.header("x-amz-part-number-marker") || 0);
  const rest = parts.filter(({ number }) => number > after);
  const page = rest.slice(0, max);
  return wrap(
    "ObjectParts",
    element("PartsCount", parts.length) +
      element("PartNumberMarker", after) +
      element("NextPartNumberMarker", page.at(-1)?.number ?? 0) +
      element("MaxParts", max) +
      element("IsTruncated", page.length < rest.length) +
      page
        .map((part) =>
          wrap(
            "Part",
            element("PartNumber", part.number) +
              element("Size", part.size) +
              element(checksumElement(checksum.algorithm), part.checksum),
          ),
        )
        .join(""),
  );
};

export const getObjectAttributes = (s3: S3, request: S3Request): Answer => {
  s3.authorizeObject(
    request,
    versionIn(request) === undefined ? "GetObjectAttributes" : "GetObjectVersionAttributes",
  );
  const text = request.header("x-amz-object-attributes");
  const asked = (text ?? "").split(",").map((name) => name.trim());
  if (text === undefined || asked.some((name) => !NAMES.includes(name))) {
    throw s3Errors.invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", text);
  }
  const object = findObject(s3, request);
  const shown: Record<string, string> = {
    ETag: element("ETag", object.etag.replaceAll('"', "")),
    Checksum: checksumAttribute(object),
    ObjectParts: partsAttribute(object, request),
    StorageClass: element("StorageClass", object.headers["x-amz-storage-class"] ?? "STANDARD"),
    ObjectSize: element("ObjectSize", object.size),
  };
  const inner = NAMES.filter((name) => asked.includes(name)).map((name) => shown[name]);
  return xmlAnswer("GetObjectAttributesResponse", inner.join(""), {
    "last-modified": new Date(object.modified).toUTCString(),
    ...versionHeaders(s3.bucket(object.bucket), object),
  });
};
