import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { timeElement, xmlAnswer } from "./answers.ts";
import { findObject } from "./find-object.ts";
import { noLockOnObject, requireObjectLock } from "./object-lock.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const getObjectRetention = (s3: S3, request: S3Request): Answer => {
  s3.authorizeObject(request, "GetObjectRetention");
  requireObjectLock(s3.bucket(request.bucket));
  const { retention } = findObject(s3, request, { marker: "not allowed" });
  if (!retention) throw noLockOnObject();
  return xmlAnswer(
    "Retention",
    element("Mode", retention.mode) + timeElement("RetainUntilDate", retention.until),
  );
};
