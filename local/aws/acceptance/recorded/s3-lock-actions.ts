import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
} from "@aws-sdk/client-s3";
import { type Recording, refused } from "./recorded.ts";

export const Key = "test-locked";
const DAY_MS = 86_400_000;
export const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
export const locked = refused(403, "AccessDenied");
export const noLock = refused(400, "InvalidRequest", {
  Message: "Bucket is missing Object Lock Configuration",
});
export const markerRefused = (Method: string) =>
  refused(405, "MethodNotAllowed", { Method, ResourceType: "DeleteMarker" });

/** A bucket, and what the recorded answers do with its locks. */
export const lockActions = async ({ s3, Bucket }: Recording, ObjectLockEnabledForBucket = true) => {
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket }));
  const put = (more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "test", ...more }));
  const retain = (Retention: object, more = {}) =>
    s3.send(new PutObjectRetentionCommand({ Bucket, Key, Retention, ...more }));
  const retention = (more = {}) => s3.send(new GetObjectRetentionCommand({ Bucket, Key, ...more }));
  const hold = (Status: "ON" | "OFF", more = {}) =>
    s3.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status }, ...more }));
  const remove = (VersionId: string | undefined, more = {}) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...more }));
  const head = (more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));
  const configuration = () => s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
  const configure = (ObjectLockConfiguration: object) =>
    s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  const versioning = (Status: "Enabled" | "Suspended") =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  return { put, retain, retention, hold, remove, head, configuration, configure, versioning };
};
