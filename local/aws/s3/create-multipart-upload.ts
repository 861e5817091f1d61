import { randomUUID } from "node:crypto";
import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { xmlAnswer } from "./answers.ts";
import { algorithmOf, defaultType, isPossible } from "./checksums.ts";
import { s3Errors } from "./errors.ts";
import { lockAskedFor } from "./object-lock.ts";
import { keptHeaders, type S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { Upload } from "./stored.ts";
import { tagsInHeader } from "./tags.ts";

/** The checksum that the parts and the object are to have; none is named by default. */
const checksumAskedFor = (request: S3Request): Pick<Upload, "checksum"> => {
  const name = request.header("x-amz-checksum-algorithm");
  const typeText = request.header("x-amz-checksum-type");
  if (name === undefined) {
    if (typeText === undefined) return {};
    throw s3Errors.invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const algorithm = algorithmOf(name);
  if (!algorithm) {
    throw s3Errors.invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  const type = typeText ?? defaultType(algorithm);
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE") {
    throw s3Errors.invalidRequest("Value for x-amz-checksum-type header is invalid.");
  }
  if (!isPossible(algorithm, type)) {
    throw s3Errors.invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksum: { algorithm, type } };
};

export const createMultipartUpload = (s3: S3, request: S3Request): Answer => {
  const { bucket, key, call } = request;
  s3.authorizeObject(request, "PutObject");
  s3.bucket(bucket);
  const tags = tagsInHeader(request);
  if (Object.keys(tags).length > 0) s3.authorizeObject(request, "PutObjectTagging");
  const upload: Upload = {
    id: randomUUID().replaceAll("-", ""),
    bucket,
    key,
    headers: keptHeaders(call),
    tags,
    created: s3.now(),
    lock: lockAskedFor(s3, request),
    ...checksumAskedFor(request),
  };
  s3.uploads.add(upload);
  const { checksum } = upload;
  return xmlAnswer(
    "InitiateMultipartUploadResult",
    element("Bucket", bucket) + element("Key", key) + element("UploadId", upload.id),
    checksum ? { "x-amz-checksum-algorithm": checksum.algorithm, "x-amz-checksum-type": checksum.type } : {},
  );
};
