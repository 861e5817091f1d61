import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const Key = "test-locked";
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const locked = refused(403, "AccessDenied");
const noLock = refused(400, "InvalidRequest", { Message: "Bucket is missing Object Lock Configuration" });
const markerRefused = (Method: string) =>
  refused(405, "MethodNotAllowed", { Method, ResourceType: "DeleteMarker" });

const setup = async ({ s3, Bucket }: Recording, ObjectLockEnabledForBucket = true) => {
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

const enabled = { ObjectLockEnabled: "Enabled" };
const rule = (DefaultRetention: object) => ({ ...enabled, Rule: { DefaultRetention } });

export const recordedLocks = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "object lock, retention and legal hold", s3Of);

  recorded(
    "test_put_object_lock_configuration_on_existing_bucket, test_disable_versioning_on_locked_bucket",
    "locks a bucket that has versions, and keeps them",
    {
      "get-object-lock-existing-bucket-no-config": refused(404, "ObjectLockConfigurationNotFoundError"),
      "put-object-lock-existing-bucket-no-versioning": refused(409, "InvalidBucketState"),
      "put-object-lock-existing-bucket-versioning-disabled": refused(409, "InvalidBucketState"),
      "put-object-lock-existing-bucket-enabled": done(),
      "get-object-lock-existing-bucket-enabled": done(200, { ObjectLockConfiguration: enabled }),
      "disable-versioning-on-locked-bucket": refused(409, "InvalidBucketState"),
      "enable-versioning-again-on-locked-bucket": done(),
    },
    async (recording) => {
      const { say } = recording;
      const { configuration, configure, versioning } = await setup(recording, false);
      await say("get-object-lock-existing-bucket-no-config", configuration());
      await say("put-object-lock-existing-bucket-no-versioning", configure(enabled));
      await versioning("Suspended");
      await say("put-object-lock-existing-bucket-versioning-disabled", configure(enabled));
      await versioning("Enabled");
      await say("put-object-lock-existing-bucket-enabled", configure(enabled));
      await say("get-object-lock-existing-bucket-enabled", configuration());
      await say("disable-versioning-on-locked-bucket", versioning("Suspended"));
      await say("enable-versioning-again-on-locked-bucket", versioning("Enabled"));
    },
  );

  recorded(
    "test_get_put_object_lock_configuration, test_put_object_lock_configuration_exc, test_bucket_config_default_retention",
    "keeps a default retention",
    {
      "get-lock-config-start": done(200, { ObjectLockConfiguration: enabled }),
      "put-lock-config": done(),
      "get-lock-config": done(200, { ObjectLockConfiguration: rule({ Days: 1, Mode: "GOVERNANCE" }) }),
      "head-object-default": done(200, { ObjectLockMode: "GOVERNANCE" }),
      "put-lock-config-enabled": done(),
      "get-lock-config-only-enabled": {
        status: 200,
        ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
      },
      "put-lock-config-no-enabled": refused(400, "MalformedXML"),
      "put-lock-config-empty": refused(400, "MalformedXML"),
      "put-lock-config-empty-rule": refused(400, "MalformedXML"),
      "put-lock-config-empty-retention": refused(400, "MalformedXML"),
      "put-lock-config-no-days": refused(400, "MalformedXML"),
      "put-lock-config-both-days-years": refused(400, "MalformedXML"),
    },
    async (recording) => {
      const { say } = recording;
      const { configuration, configure, put, head } = await setup(recording);
      await say("get-lock-config-start", configuration());
      await say("put-lock-config", configure(rule({ Mode: "GOVERNANCE", Days: 1 })));
      await say("get-lock-config", configuration());
      await put();
      await say("head-object-default", head());
      await say("put-lock-config-enabled", configure(enabled));
      await say("get-lock-config-only-enabled", configuration());
      await say(
        "put-lock-config-no-enabled",
        configure({ Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } }),
      );
      await say("put-lock-config-empty", configure({}));
      await say("put-lock-config-empty-rule", configure({ ...enabled, Rule: {} }));
      await say("put-lock-config-empty-retention", configure(rule({})));
      await say("put-lock-config-no-days", configure(rule({ Mode: "GOVERNANCE" })));
      await say(
        "put-lock-config-both-days-years",
        configure(rule({ Mode: "GOVERNANCE", Days: 1, Years: 1 })),
      );
    },
  );

  recorded(
    "test_s3_object_retention, test_s3_object_retention_exc, test_object_lock_extend_duration",
    "keeps a version in governance until its time, or until the bypass is asked for",
    {
      "get-object-retention-never-set": refused(404, "NoSuchObjectLockConfiguration"),
      "put-object-retention-no-key": refused(404, "NoSuchKey"),
      "put-object-missing-retention-fields": refused(400, "MalformedXML"),
      "put-object-retention-on-key-1": done(),
      "get-object-retention-on-key-1": done(200, { Retention: { Mode: "GOVERNANCE" } }),
      "head-object-locked": done(200, { ObjectLockMode: "GOVERNANCE", VersionId: "v1" }),
      "delete-obj-locked": locked,
      "put-object-retention-extend": done(),
      "put-object-retention-reduce": locked,
      "update-retention-no-bypass": locked,
      "put-object-empty-retention": done(),
      "update-retention-object": done(),
      "delete-obj-locked-bypass": done(204, { VersionId: "v1" }),
    },
    async (recording) => {
      const { say } = recording;
      const { put, retain, retention, remove, head } = await setup(recording);
      const { VersionId } = await put();
      const bypass = { BypassGovernanceRetention: true };
      const until = (days: number) => ({ Mode: "GOVERNANCE", RetainUntilDate: inDays(days) });
      await say("get-object-retention-never-set", retention());
      await say("put-object-retention-no-key", retain(until(1), { Key: "absent" }));
      await say("put-object-missing-retention-fields", retain({ Mode: "GOVERNANCE" }));
      await say("put-object-retention-on-key-1", retain(until(1)));
      await say("get-object-retention-on-key-1", retention());
      await say("head-object-locked", head());
      await say("delete-obj-locked", remove(VersionId));
      await say("put-object-retention-extend", retain(until(3)));
      await say("put-object-retention-reduce", retain(until(2)));
      await say("update-retention-no-bypass", retain({}));
      await say("put-object-empty-retention", retain({}, bypass));
      await say("update-retention-object", retain(until(1)));
      await say("delete-obj-locked-bypass", remove(VersionId, bypass));
    },
  );

  recorded(
    "test_s3_object_retention_compliance_mode",
    "keeps a version in compliance against everybody",
    {
      "add-compliance-retention": done(),
      "delete-locked-1": refused(403, "AccessDenied", {
        Message: "Access Denied because object protected by object lock.",
      }),
      "put-delete-marker": done(204, { DeleteMarker: true, VersionId: "v1" }),
      "delete-locked-2": locked,
      "update-retention-shortened": locked,
      "update-retention-less-restrictive": locked,
    },
    async (recording) => {
      const { say } = recording;
      const { put, retain, remove } = await setup(recording);
      const { VersionId } = await put();
      const more = { VersionId, BypassGovernanceRetention: true };
      const until = (Mode: string, days: number) => ({ Mode, RetainUntilDate: inDays(days) });
      await say("add-compliance-retention", retain(until("COMPLIANCE", 2)));
      await say("delete-locked-1", remove(VersionId, more));
      await say("put-delete-marker", remove(undefined));
      await say("delete-locked-2", remove(VersionId, more));
      await say("update-retention-shortened", retain(until("COMPLIANCE", 1), more));
      await say("update-retention-less-restrictive", retain(until("GOVERNANCE", 3), more));
    },
  );

  recorded(
    "test_object_lock_delete_markers, test_delete_object_with_no_locking, test_s3_object_lock_mode_validation",
    "locks objects alone, and only where locks are",
    {
      "put-object-retention-delete-marker": markerRefused("PUT"),
      "get-object-retention-delete-marker": markerRefused("GET"),
      "head-object-locked-delete-marker": { status: 405 },
      "put-obj-locked-error-no-retain-date": refused(400, "InvalidArgument", {
        ArgumentName: "x-amz-object-lock-retain-until-date",
      }),
      "put-obj-locked-error-no-mode": refused(400, "InvalidArgument", {
        ArgumentName: "x-amz-object-lock-mode",
      }),
      "put-obj-locked-bad-value": refused(400, "InvalidArgument", { ArgumentValue: "BAD-VALUE" }),
      "create-mpu-locked-bad-value": refused(400, "InvalidArgument", { ArgumentValue: "BAD-VALUE" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, retain, retention, remove, head } = await setup(recording);
      const ObjectLockRetainUntilDate = inDays(1);
      await put();
      const { VersionId } = await remove(undefined);
      const marked = { VersionId };
      const until = { Mode: "GOVERNANCE", RetainUntilDate: ObjectLockRetainUntilDate };
      await say("put-object-retention-delete-marker", retain(until, marked));
      await say("get-object-retention-delete-marker", retention(marked));
      await say("head-object-locked-delete-marker", head(marked));
      await say("put-obj-locked-error-no-retain-date", put({ ObjectLockMode: "GOVERNANCE" }));
      await say("put-obj-locked-error-no-mode", put({ ObjectLockRetainUntilDate }));
      const bad = { ObjectLockMode: "BAD-VALUE" as "GOVERNANCE", ObjectLockRetainUntilDate };
      await say("put-obj-locked-bad-value", put(bad));
      await say(
        "create-mpu-locked-bad-value",
        s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...bad })),
      );
    },
  );

  recorded(
    "test_delete_object_with_no_locking, test_put_object_legal_hold_exc, test_s3_object_retention_exc",
    "refuses locks where the bucket has none",
    {
      "delete-object-bypass-no-lock": refused(400, "InvalidArgument", {
        ArgumentName: "x-amz-bypass-governance-retention",
      }),
      "delete-object-bypass-no-lock-false": refused(400, "InvalidArgument"),
      "delete-objects-bypass-no-lock": refused(400, "InvalidArgument"),
      "put-object-retention-regular-bucket": noLock,
      "get-object-retention-regular-bucket": noLock,
      "put-object-legal-hold-regular-bucket": noLock,
      "get-object-legal-hold-regular-bucket": noLock,
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, retain, retention, remove, hold } = await setup(recording, false);
      await put();
      const bypass = { BypassGovernanceRetention: true };
      await say("delete-object-bypass-no-lock", remove(undefined, bypass));
      const denied = { BypassGovernanceRetention: false };
      await say("delete-object-bypass-no-lock-false", remove(undefined, denied));
      const Delete = { Objects: [{ Key }] };
      await say(
        "delete-objects-bypass-no-lock",
        s3.send(new DeleteObjectsCommand({ Bucket, Delete, ...bypass })),
      );
      await say(
        "put-object-retention-regular-bucket",
        retain({ Mode: "GOVERNANCE", RetainUntilDate: inDays(1) }),
      );
      await say("get-object-retention-regular-bucket", retention());
      await say("put-object-legal-hold-regular-bucket", hold("ON"));
      await say(
        "get-object-legal-hold-regular-bucket",
        s3.send(new GetObjectLegalHoldCommand({ Bucket, Key })),
      );
    },
  );

  recorded(
    "test_put_get_object_legal_hold, test_delete_locked_object, test_s3_legal_hold_lock_versioned, test_s3_copy_object_legal_hold",
    "holds a version until the hold is taken off",
    {
      "get-legal-hold-unset": refused(404, "NoSuchObjectLockConfiguration"),
      "put-object-legal-hold": done(),
      "get-legal-hold-set": done(200, { LegalHold: { Status: "ON" } }),
      "head-object-with-legal-hold": done(200, { ObjectLockLegalHoldStatus: "ON", VersionId: "v1" }),
      "delete-object-locked": locked,
      "delete-objects-locked": done(200, { Errors: [{ Code: "AccessDenied", Key, VersionId: "v1" }] }),
      "copy-legal-hold": done(200, { CopySourceVersionId: "v1", VersionId: "v2" }),
      "head-dest-key": { status: 200, ObjectLockLegalHoldStatus: undefined },
      "put-object-legal-hold-off": done(),
      "head-object-ver1-no-lock": done(200, { ObjectLockLegalHoldStatus: "OFF" }),
      "delete-object-ver1": done(204, { VersionId: "v1" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, remove, hold, head } = await setup(recording);
      const { VersionId = "" } = await put();
      const get = () => s3.send(new GetObjectLegalHoldCommand({ Bucket, Key }));
      await say("get-legal-hold-unset", get());
      await say("put-object-legal-hold", hold("ON"));
      await say("get-legal-hold-set", get());
      await say("head-object-with-legal-hold", head());
      await say("delete-object-locked", remove(VersionId, { BypassGovernanceRetention: true }));
      const Delete = { Objects: [{ Key, VersionId }] };
      await say("delete-objects-locked", s3.send(new DeleteObjectsCommand({ Bucket, Delete })));
      const copied = { Bucket, Key: "copied", CopySource: `${Bucket}/${Key}` };
      await say("copy-legal-hold", s3.send(new CopyObjectCommand(copied)));
      await say("head-dest-key", head({ Key: "copied" }));
      await say("put-object-legal-hold-off", hold("OFF"));
      await say("head-object-ver1-no-lock", head({ VersionId }));
      await say("delete-object-ver1", remove(VersionId));
    },
  );
};
