import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { xmlAnswer } from "./answers.ts";
import { s3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const getObjectLockConfiguration = (s3: S3, request: S3Request): Answer => {
  const { name, objectLock } = s3.authorizeBucket(request, "GetBucketObjectLockConfiguration");
  if (!objectLock) {
    throw s3Error(
      404,
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
      { BucketName: name },
    );
  }
  const rule = objectLock.default;
  const period = rule && ("days" in rule ? element("Days", rule.days) : element("Years", rule.years));
  return xmlAnswer(
    "ObjectLockConfiguration",
    element("ObjectLockEnabled", "Enabled") +
      (rule ? wrap("Rule", wrap("DefaultRetention", element("Mode", rule.mode) + period)) : ""),
  );
};
