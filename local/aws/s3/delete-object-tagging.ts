import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { findObject, versionHeaders } from "./find-object.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const deleteObjectTagging = (s3: S3, request: S3Request): Answer => {
  s3.authorizeObject(request, "DeleteObjectTagging");
  const object = findObject(s3, request, { marker: "not allowed" });
  s3.objects.saveTags(object, {});
  return emptyAnswer(204, versionHeaders(s3.bucket(object.bucket), object));
};
