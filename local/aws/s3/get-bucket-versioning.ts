import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { xmlAnswer } from "./answers.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const getBucketVersioning = (s3: S3, request: S3Request): Answer => {
  const { versioning } = s3.authorizeBucket(request, "GetBucketVersioning");
  return xmlAnswer("VersioningConfiguration", element("Status", versioning || undefined));
};
