import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { ownerElement, timeElement, xmlAnswer } from "./answers.ts";
import { checksumElement } from "./checksums.ts";
import { countIn } from "./list-parameters.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { Part, Upload } from "./stored.ts";
import { findUpload } from "./uploads.ts";

const PART_NUMBER_MAX = 2_147_483_647;

const partElement = ({ number, etag, size, modified, checksum }: Part, upload: Upload): string =>
  wrap(
    "Part",
    element("PartNumber", number) +
      timeElement("LastModified", modified) +
      element("ETag", `"${etag}"`) +
      element("Size", size) +
      (upload.checksum ? element(checksumElement(upload.checksum.algorithm), checksum) : ""),
  );

export const listParts = (s3: S3, request: S3Request): Answer => {
  const { query } = request;
  s3.authorizeObject(request, "ListMultipartUploadParts");
  const upload = findUpload(s3, request);
  const max = countIn(query.get("max-parts") ?? undefined, "max-parts");
  const marker = query.get("part-number-marker") || "0";
  const after = countIn(marker, "part-number-marker", PART_NUMBER_MAX);
  const found = s3.uploads.parts(upload.id, after, max + 1);
  const page = found.slice(0, max);
  return xmlAnswer(
    "ListPartsResult",
    element("Bucket", upload.bucket) +
      element("Key", upload.key) +
      element("UploadId", upload.id) +
      ownerElement("Initiator", s3.arns.account) +
      ownerElement("Owner", s3.arns.account) +
      element("StorageClass", upload.headers["x-amz-storage-class"] ?? "STANDARD") +
      element("PartNumberMarker", after) +
      element("NextPartNumberMarker", page.at(-1)?.number ?? 0) +
      element("MaxParts", max) +
      element("IsTruncated", max > 0 && found.length > page.length) +
      element("ChecksumAlgorithm", upload.checksum?.algorithm) +
      element("ChecksumType", upload.checksum?.type) +
      page.map((part) => partElement(part, upload)).join(""),
  );
};
