import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, recordings, refused } from "./recorded.ts";

import { inDays, Key, lockActions, locked, markerRefused, noLock } from "./s3-lock-actions.ts";

export const recordedRetention = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "object lock, retention and legal hold", s3Of);

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
      const { put, retain, retention, remove, head } = await lockActions(recording);
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
      const { put, retain, remove } = await lockActions(recording);
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
      const { put, retain, retention, remove, head } = await lockActions(recording);
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
      const { put, retain, retention, remove, hold } = await lockActions(recording, false);
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
      const { put, remove, hold, head } = await lockActions(recording);
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
