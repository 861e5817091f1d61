import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { timeElement, xmlAnswer } from "./answers.ts";
import { receive, writeMeasured } from "./body.ts";
import { checksumElement } from "./checksums.ts";
import { bytesOf } from "./copy-object.ts";
import { findCopySource } from "./copy-source.ts";
import { s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { keepPart } from "./upload-part.ts";
import { findUpload, partNumberIn } from "./uploads.ts";

const HEADER = "x-amz-copy-source-range";

/** Stricter than the range of a read: both ends, and both inside the source. */
const copyRange = (request: S3Request, size: number): { start: number; end: number } | undefined => {
  const text = request.header(HEADER);
  if (text === undefined) return undefined;
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (first === undefined || start > end) {
    throw s3Errors.invalidArgument(
      `The ${HEADER} value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy`,
      HEADER,
      text,
    );
  }
  if (start >= size) {
    throw s3Errors.invalidRequest("The specified copy range is invalid for the source object size");
  }
  if (end >= size) {
    throw s3Errors.invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      HEADER,
      text,
    );
  }
  return { start, end };
};

export const uploadPartCopy = (s3: S3, request: S3Request): Promise<Answer> => {
  s3.authorizeObject(request, "PutObject");
  partNumberIn(request);
  const upload = findUpload(s3, request);
  const source = findCopySource(s3, request);
  const range = copyRange(request, source.object.size);
  // Opened now, because the source may be replaced while its bytes are copied.
  const bytes = bytesOf(s3, source.object, range);
  const algorithm = upload.checksum?.algorithm ?? "CRC32";
  return receive(
    s3.files,
    (into) => writeMeasured({ headers: {} }, bytes, into, algorithm),
    async (incoming, measured) => {
      const { part } = await keepPart(s3, request, incoming, measured);
      return xmlAnswer(
        "CopyPartResult",
        element("ETag", `"${part.etag}"`) +
          timeElement("LastModified", part.modified) +
          element(checksumElement(algorithm), part.checksum),
        source.headers,
      );
    },
  );
};
