import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { textIn } from "../port/xml.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { s3Error } from "./errors.ts";
import { BUCKET_NAME } from "./paths.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const createBucket = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  const { call, bucket: name } = request;
  call.authorize("s3:CreateBucket", s3.arns.bucket(name));
  if (!BUCKET_NAME.test(name)) {
    throw s3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
  const region = textIn(await readText(body, call), "LocationConstraint");
  // us-east-1 is the default, and S3 refuses it as a location.
  if (region === "us-east-1") {
    throw s3Error(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", {
      LocationConstraint: region,
    });
  }
  if (!s3.buckets.get(name)) {
    const isLocked = request.header("x-amz-bucket-object-lock-enabled")?.toLowerCase() === "true";
    s3.buckets.save({
      name,
      created: s3.now(),
      versioning: isLocked ? "Enabled" : "",
      ...(isLocked ? { objectLock: {} } : {}),
    });
  } else if (s3.arns.region !== "us-east-1") {
    throw s3Error(
      409,
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: name },
    );
  }
  return emptyAnswer(200, { location: `/${name}`, "x-amz-bucket-arn": s3.arns.bucket(name) });
};
