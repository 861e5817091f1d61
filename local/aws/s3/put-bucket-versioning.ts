import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { textIn } from "../port/xml.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { s3Error, s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const putBucketVersioning = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  s3.authorizeBucket(request, "PutBucketVersioning");
  const status = textIn(await readText(body, request.call), "Status");
  if (status === undefined) {
    throw s3Error(400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
  }
  if (status !== "Enabled" && status !== "Suspended") throw s3Errors.malformedXml();
  const bucket = s3.bucket(request.bucket);
  if (bucket.objectLock && status === "Suspended") {
    throw s3Errors.invalidBucketState(
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    );
  }
  s3.buckets.save({ ...bucket, versioning: status });
  return emptyAnswer(200);
};
