import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { removeVersion } from "./remove-version.ts";
import { type S3Request, versionIn } from "./request.ts";
import type { S3 } from "./s3.ts";

export const deleteObject = async (s3: S3, request: S3Request): Promise<Answer> => {
  s3.bucket(request.bucket);
  const { version, marker } = await removeVersion(s3, request, {
    key: request.key,
    version: versionIn(request),
    ifMatch: request.header("if-match"),
  });
  return emptyAnswer(204, {
    ...(version === undefined ? {} : { "x-amz-version-id": version }),
    ...(marker ? { "x-amz-delete-marker": "true" } : {}),
  });
};
