import type { Answer } from "../port/service.ts";
import { xmlAnswer } from "./answers.ts";
import { findObject, versionHeaders } from "./find-object.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { tagsElement } from "./tags.ts";

export const getObjectTagging = (s3: S3, request: S3Request): Answer => {
  s3.authorizeObject(request, "GetObjectTagging");
  const object = findObject(s3, request, { marker: "not allowed" });
  const headers = versionHeaders(s3.bucket(object.bucket), object);
  return xmlAnswer("Tagging", tagsElement(object.tags), headers);
};
