import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const headBucket = (s3: S3, request: S3Request): Answer => {
  const { name } = s3.authorizeBucket(request, "ListBucket");
  return emptyAnswer(200, {
    "x-amz-bucket-region": s3.arns.region,
    "x-amz-bucket-arn": s3.arns.bucket(name),
    "x-amz-access-point-alias": "false",
  });
};
