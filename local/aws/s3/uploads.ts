import { s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { ListedUpload } from "./stored.ts";

/** The upload that the request names, under the key that it is for. */
export const findUpload = (s3: S3, { bucket, key, query }: S3Request): ListedUpload => {
  const id = query.get("uploadId") ?? "";
  s3.bucket(bucket);
  const upload = s3.uploads.get(id);
  if (!upload || upload.bucket !== bucket || upload.key !== key) throw s3Errors.noSuchUpload(id);
  return upload;
};

export const partNumberIn = ({ query }: S3Request): number => {
  const text = query.get("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 10_000) return number;
  throw s3Errors.invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    text,
  );
};
