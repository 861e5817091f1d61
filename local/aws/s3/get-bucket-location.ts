import type { Answer } from "../port/service.ts";
import { xmlAnswer } from "./answers.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const getBucketLocation = (s3: S3, request: S3Request): Answer => {
  s3.authorizeBucket(request, "GetBucketLocation");
  // The empty answer is what S3 gives for us-east-1.
  return xmlAnswer("LocationConstraint", s3.arns.region === "us-east-1" ? "" : s3.arns.region);
};
