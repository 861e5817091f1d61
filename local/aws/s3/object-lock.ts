import { s3Error, s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";
import type { Bucket, DefaultRetention, Lock, LockMode, Retention, StoredObject } from "./stored.ts";

const DAY_MS = 86_400_000;

export const modeOf = (text: string | undefined): LockMode | undefined =>
  text === "GOVERNANCE" || text === "COMPLIANCE" ? text : undefined;

export const isOn = (text: string | undefined): text is "ON" | "OFF" => text === "ON" || text === "OFF";

export const requireObjectLock = (bucket: Bucket): void => {
  if (!bucket.objectLock) throw s3Errors.invalidRequest("Bucket is missing Object Lock Configuration");
};

export const untilOf = (text: string, now: number): number => {
  const until = Date.parse(text);
  if (Number.isNaN(until)) {
    throw s3Errors.invalidArgument(
      "The retain until date must be provided in ISO 8601 format",
      "x-amz-object-lock-retain-until-date",
      text,
    );
  }
  if (until <= now) {
    throw s3Errors.invalidArgument(
      "The retain until date must be in the future!",
      "x-amz-object-lock-retain-until-date",
      text,
    );
  }
  return until;
};

const fromDefault = (rule: DefaultRetention, now: number): Retention => {
  if ("days" in rule) return { mode: rule.mode, until: now + rule.days * DAY_MS };
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + rule.years);
  return { mode: rule.mode, until: until.getTime() };
};

const retentionIn = (request: S3Request, now: number): Retention | undefined => {
  const modeText = request.header("x-amz-object-lock-mode");
  const untilText = request.header("x-amz-object-lock-retain-until-date");
  if (modeText === undefined && untilText === undefined) return undefined;
  if (modeText === undefined || untilText === undefined) {
    throw s3Errors.invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      modeText === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
    );
  }
  const mode = modeOf(modeText);
  if (!mode)
    throw s3Errors.invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", modeText);
  return { mode, until: untilOf(untilText, now) };
};

const legalHoldIn = (request: S3Request): "ON" | "OFF" | undefined => {
  const text = request.header("x-amz-object-lock-legal-hold");
  if (text === undefined || isOn(text)) return text;
  throw s3Errors.invalidArgument(
    "Legal Hold must be either of 'ON' or 'OFF'",
    "x-amz-object-lock-legal-hold",
    text,
  );
};

/** The lock that a new object's headers ask for, each with the permission that it needs. */
export const lockAskedFor = (s3: S3, request: S3Request): Lock => {
  const retention = retentionIn(request, s3.now());
  const legalHold = legalHoldIn(request);
  if (retention === undefined && legalHold === undefined) return {};
  requireObjectLock(s3.bucket(request.bucket));
  if (retention) s3.authorizeObject(request, "PutObjectRetention");
  if (legalHold) s3.authorizeObject(request, "PutObjectLegalHold");
  return { ...(retention ? { retention } : {}), ...(legalHold ? { legalHold } : {}) };
};

/** The lock of an object that comes into a bucket: what it asked for, else the bucket's default. */
export const lockOfNew = (bucket: Bucket, asked: Lock, now: number): Lock => {
  const rule = bucket.objectLock?.default;
  return asked.retention || !rule ? asked : { ...asked, retention: fromDefault(rule, now) };
};

/** Whether the call asks to bypass a governance lock, and may. A bucket without locks refuses the header. */
export const bypassesGovernance = (s3: S3, request: S3Request, key = request.key): boolean => {
  const header = request.header("x-amz-bypass-governance-retention");
  if (header === undefined) return false;
  if (!s3.bucket(request.bucket).objectLock) {
    throw s3Errors.invalidArgument(
      "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
      "x-amz-bypass-governance-retention",
    );
  }
  const arn = s3.arns.bucket(`${request.bucket}/${key}`);
  return header.toLowerCase() === "true" && request.call.may("s3:BypassGovernanceRetention", arn);
};

const isHeld = (retention: Retention | undefined, now: number): retention is Retention =>
  retention !== undefined && retention.until > now;

/** Refuses to remove a version that a retention or a legal hold keeps. */
export const checkRemoval = ({ retention, legalHold }: StoredObject, bypass: boolean, now: number): void => {
  if (legalHold === "ON") throw s3Errors.locked();
  if (isHeld(retention, now) && !(retention.mode === "GOVERNANCE" && bypass)) throw s3Errors.locked();
};

/** A retention may be extended. Making it weaker is refused, in compliance mode to every caller. */
export const checkRetentionChange = (
  { retention }: StoredObject,
  wanted: Retention | undefined,
  bypass: boolean,
  now: number,
): void => {
  if (!isHeld(retention, now)) return;
  const grows =
    wanted !== undefined &&
    wanted.until >= retention.until &&
    (wanted.mode === retention.mode || wanted.mode === "COMPLIANCE");
  if (!grows && !(retention.mode === "GOVERNANCE" && bypass)) throw s3Errors.locked();
};

export const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The lock's headers, for a caller with the right to read them. */
export const lockHeaders = (s3: S3, request: S3Request, object: StoredObject): Record<string, string> => {
  const arn = s3.arns.bucket(`${request.bucket}/${request.key}`);
  const { retention, legalHold } = object;
  return {
    ...(retention && request.call.may("s3:GetObjectRetention", arn)
      ? {
          "x-amz-object-lock-mode": retention.mode,
          "x-amz-object-lock-retain-until-date": timeText(retention.until),
        }
      : {}),
    ...(legalHold && request.call.may("s3:GetObjectLegalHold", arn)
      ? { "x-amz-object-lock-legal-hold": legalHold }
      : {}),
  };
};

export const noLockOnObject = () =>
  s3Error(
    404,
    "NoSuchObjectLockConfiguration",
    "The specified object does not have a ObjectLock configuration",
  );
