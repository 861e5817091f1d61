import type { S3Client } from "@aws-sdk/client-s3";
import { done, recordings, refused } from "./recorded.ts";

import { lockActions } from "./s3-lock-actions.ts";

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
      const { configuration, configure, versioning } = await lockActions(recording, false);
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
      const { configuration, configure, put, head } = await lockActions(recording);
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
};
