import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { findUpload } from "./uploads.ts";

export const abortMultipartUpload = (s3: S3, request: S3Request): Promise<Answer> => {
  s3.authorizeObject(request, "AbortMultipartUpload");
  return s3.lockUpload(request.query.get("uploadId") ?? "", async () => {
    s3.uploads.remove(findUpload(s3, request).id);
    return emptyAnswer(204);
  });
};
