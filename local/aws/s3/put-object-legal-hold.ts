import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { textIn } from "../port/xml.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { s3Errors } from "./errors.ts";
import { findObject } from "./find-object.ts";
import { isOn, requireObjectLock } from "./object-lock.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const putObjectLegalHold = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  const { bucket, key, call } = request;
  s3.authorizeObject(request, "PutObjectLegalHold");
  s3.bucket(bucket);
  const legalHold = textIn(await readText(body, call), "Status");
  return s3.lockKey(bucket, key, async () => {
    const object = findObject(s3, request, { marker: "not allowed" });
    requireObjectLock(s3.bucket(bucket));
    if (!isOn(legalHold)) throw s3Errors.malformedXml();
    const { retention } = object;
    s3.objects.saveLock(object, { ...(retention ? { retention } : {}), legalHold });
    return emptyAnswer(200);
  });
};
