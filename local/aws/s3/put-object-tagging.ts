import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { findObject, versionHeaders } from "./find-object.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import { tagsInXml } from "./tags.ts";

export const putObjectTagging = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  s3.authorizeObject(request, "PutObjectTagging");
  s3.bucket(request.bucket);
  const tags = tagsInXml(await readText(body, request.call));
  const object = findObject(s3, request, { marker: "not allowed" });
  s3.objects.saveTags(object, tags);
  return emptyAnswer(200, versionHeaders(s3.bucket(object.bucket), object));
};
