import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { s3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const deleteBucket = (s3: S3, request: S3Request): Answer => {
  const { name, versioning } = s3.authorizeBucket(request, "DeleteBucket");
  if (!s3.objects.isEmpty(name)) {
    const message = "The bucket you tried to delete is not empty";
    const versions = versioning === "" ? "" : ". You must delete all versions in the bucket.";
    throw s3Error(409, "BucketNotEmpty", message + versions, { BucketName: name });
  }
  s3.uploads.removeOf(name);
  s3.buckets.remove(name);
  return emptyAnswer(204);
};
