import type { Readable } from "node:stream";
import type { Answer } from "../port/service.ts";
import { elementsIn, textIn } from "../port/xml.ts";
import { emptyAnswer } from "./answers.ts";
import { readText } from "./body.ts";
import { s3Errors } from "./errors.ts";
import { modeOf } from "./object-lock.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { DefaultRetention } from "./stored.ts";

const periodOf = (text: string): number => {
  const period = Number(text);
  if (Number.isInteger(period) && period > 0) return period;
  throw s3Errors.invalidArgument(
    "Default retention period must be a positive integer value.",
    "DefaultRetention",
    text,
  );
};

const ruleIn = (xml: string): DefaultRetention | undefined => {
  if (!/<Rule[\s>/]/.test(xml)) return undefined;
  const [retention = ""] = elementsIn(xml, "DefaultRetention");
  const mode = modeOf(textIn(retention, "Mode"));
  const days = textIn(retention, "Days");
  const years = textIn(retention, "Years");
  if (!mode || (days === undefined) === (years === undefined)) throw s3Errors.malformedXml();
  if (days !== undefined) return { mode, days: periodOf(days) };
  return { mode, years: periodOf(years ?? "") };
};

export const putObjectLockConfiguration = async (
  s3: S3,
  request: S3Request,
  body: Readable,
): Promise<Answer> => {
  s3.authorizeBucket(request, "PutBucketObjectLockConfiguration");
  const xml = await readText(body, request.call);
  if (textIn(xml, "ObjectLockEnabled") !== "Enabled") throw s3Errors.malformedXml();
  const rule = ruleIn(xml);
  const bucket = s3.bucket(request.bucket);
  if (bucket.versioning !== "Enabled") {
    throw s3Errors.invalidBucketState(
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    );
  }
  s3.buckets.save({ ...bucket, objectLock: rule ? { default: rule } : {} });
  return emptyAnswer(200);
};
