import { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { timeElement, xmlAnswer } from "./answers.ts";
import { receive, writeMeasured } from "./body.ts";
import { type Algorithm, algorithmOf, type Checksum, checksumElement } from "./checksums.ts";
import { checkWrite } from "./conditions.ts";
import { type CopySource, findCopySource } from "./copy-source.ts";
import { s3Errors } from "./errors.ts";
import { versionHeaders } from "./find-object.ts";
import { lockAskedFor } from "./object-lock.ts";
import { placeObject } from "./place-object.ts";
import { keptHeaders, type S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { StoredObject } from "./stored.ts";
import { tagsInHeader } from "./tags.ts";

const directive = (request: S3Request, name: string): "COPY" | "REPLACE" => {
  const text = request.header(name) ?? "COPY";
  if (text === "COPY" || text === "REPLACE") return text;
  const what = name === "x-amz-metadata-directive" ? "metadata" : "tagging";
  throw s3Errors.invalidArgument(`Unknown ${what} directive.`, name, text);
};

/** The bytes of a stored object. The range of an empty one cannot be read. */
export const bytesOf = (
  s3: S3,
  { file, size }: StoredObject,
  range?: { start: number; end: number },
): Readable => (size === 0 ? Readable.from([]) : s3.files.read(file, range));

const checkChange = (request: S3Request, { object, versionNamed }: CopySource, replaces: boolean): void => {
  const isItself = object.bucket === request.bucket && object.key === request.key;
  const storage = request.header("x-amz-storage-class");
  const changes =
    replaces ||
    versionNamed ||
    (storage !== undefined && storage !== (object.headers["x-amz-storage-class"] ?? "STANDARD")) ||
    request.header("x-amz-website-redirect-location") !== undefined ||
    request.header("x-amz-checksum-algorithm") !== undefined;
  if (isItself && !changes) {
    throw s3Errors.invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
};

/** The algorithm of the copy: as asked for, else that of the source. */
const algorithmFor = (request: S3Request, { checksum }: StoredObject): Algorithm => {
  const named = request.header("x-amz-checksum-algorithm");
  if (named === undefined) return checksum?.algorithm ?? "CRC64NVME";
  const algorithm = algorithmOf(named);
  if (algorithm) return algorithm;
  throw s3Errors.invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
};

export const copyObject = (s3: S3, request: S3Request): Promise<Answer> => {
  s3.authorizeObject(request, "PutObject");
  s3.bucket(request.bucket);
  const source = findCopySource(s3, request);
  const replaces = directive(request, "x-amz-metadata-directive") === "REPLACE";
  const retags = directive(request, "x-amz-tagging-directive") === "REPLACE";
  checkChange(request, source, replaces);
  const lock = lockAskedFor(s3, request);
  const tags = retags ? tagsInHeader(request) : source.object.tags;
  const storage = request.header("x-amz-storage-class");
  const { "x-amz-storage-class": _, ...copied } = source.object.headers;
  const headers = replaces
    ? keptHeaders(request.call)
    : { ...copied, ...(storage === undefined ? {} : { "x-amz-storage-class": storage }) };
  const algorithm = algorithmFor(request, source.object);
  // Opened now, because the source may be replaced while its bytes are copied.
  const bytes = bytesOf(s3, source.object);
  return receive(
    s3.files,
    (into) => writeMeasured({ headers: {} }, bytes, into, algorithm),
    async (incoming, { size, md5, checksum: measured }) => {
      const checksum: Checksum = { ...measured, type: "FULL_OBJECT" };
      const arrival = { size, etag: `"${md5}"`, headers, tags, checksum, lock };
      const object = await placeObject(s3, request, "ObjectCreated:Copy", incoming, arrival, (current) =>
        checkWrite(request, current),
      );
      return xmlAnswer(
        "CopyObjectResult",
        element("ETag", object.etag) +
          timeElement("LastModified", object.modified) +
          element(checksumElement(algorithm), checksum.value) +
          element("ChecksumType", checksum.type),
        { ...source.headers, ...versionHeaders(s3.bucket(request.bucket), object) },
      );
    },
  );
};
