import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { textIn } from "../port/xml.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { s3Errors } from "./errors.ts";
import { findObject } from "./find-object.ts";
import {
  bypassesGovernance,
  checkRetentionChange,
  modeOf,
  requireObjectLock,
  untilOf,
} from "./object-lock.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { Retention } from "./stored.ts";

/** Undefined: an empty retention, which takes one away. */
const retentionIn = (xml: string, now: number): Retention | undefined => {
  const modeText = textIn(xml, "Mode");
  const untilText = textIn(xml, "RetainUntilDate");
  if (modeText === undefined && untilText === undefined) {
    if (!/<Retention[\s>/]/.test(xml)) throw s3Errors.malformedXml();
    return undefined;
  }
  const mode = modeOf(modeText);
  if (!mode || untilText === undefined) throw s3Errors.malformedXml();
  return { mode, until: untilOf(untilText, now) };
};

export const putObjectRetention = async (s3: S3, request: S3Request, body: Readable): Promise<Answer> => {
  const { bucket, key, call } = request;
  s3.authorizeObject(request, "PutObjectRetention");
  s3.bucket(bucket);
  const xml = await readText(body, call);
  return s3.lockKey(bucket, key, async () => {
    requireObjectLock(s3.bucket(bucket));
    const object = findObject(s3, request, { marker: "not allowed" });
    const retention = retentionIn(xml, s3.now());
    checkRetentionChange(object, retention, bypassesGovernance(s3, request), s3.now());
    const { legalHold } = object;
    s3.objects.saveLock(object, {
      ...(retention ? { retention } : {}),
      ...(legalHold ? { legalHold } : {}),
    });
    return emptyAnswer(200);
  });
};
