import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, recordings, refused, versionOf } from "./recorded.ts";

const Key = "test-delete";
const version = (VersionId: string, IsLatest: boolean, more = {}) => ({ VersionId, IsLatest, ...more });
/** An id of the right form that S3 never gave. */
const MADE_UP = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD";

export const recordedVersions = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "versions and delete markers", s3Of);
  const versioned = async (s3: S3Client, Bucket: string, Status: "Enabled" | "Suspended" = "Enabled") =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

  recorded(
    "test_delete_object_versioned",
    "puts delete markers over an object, and takes away one version at a time",
    {
      "put-object": done(200, { VersionId: "v1", ChecksumType: "FULL_OBJECT", ChecksumCRC32: "1jy6qw==" }),
      "delete-object": done(204, { DeleteMarker: true, VersionId: "v2" }),
      "get-deleted-object": refused(404, "NoSuchKey", { Key }),
      "get-object-with-version": done(200, { Body: Key, VersionId: "v1", ChecksumCRC32: "1jy6qw==" }),
      "get-delete-marker": refused(405, "MethodNotAllowed", { Method: "GET", ResourceType: "DeleteMarker" }),
      "delete-object-2": done(204, { DeleteMarker: true, VersionId: "v3" }),
      "list-object-versions": done(200, {
        DeleteMarkers: [version("v3", true), version("v2", false)],
        Versions: [
          version("v1", false, { ChecksumAlgorithm: ["CRC32"], ChecksumType: "FULL_OBJECT", Size: 11 }),
        ],
        KeyMarker: "",
        VersionIdMarker: "",
        IsTruncated: false,
        MaxKeys: 1000,
        Prefix: Key,
      }),
      "delete-delete-marker": done(204, { DeleteMarker: true, VersionId: "v2" }),
      "delete-object-version": done(204, { VersionId: "v1" }),
      "get-deleted-object-with-version": refused(404, "NoSuchVersion", { Key, VersionId: "v1" }),
      "delete-with-bad-version": refused(400, "InvalidArgument", { ArgumentName: "versionId" }),
      "delete-wrong-key": done(204, { DeleteMarker: true, VersionId: "v4" }),
    },
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await versioned(s3, Bucket);
      const put = await say("put-object", s3.send(new PutObjectCommand({ Bucket, Key, Body: Key })));
      const VersionId = versionOf(put);
      const marker = await say("delete-object", s3.send(new DeleteObjectCommand({ Bucket, Key })));
      const MarkerId = versionOf(marker);
      await say("get-deleted-object", s3.send(new GetObjectCommand({ Bucket, Key })));
      await say("get-object-with-version", s3.send(new GetObjectCommand({ Bucket, Key, VersionId })));
      await say("get-delete-marker", s3.send(new GetObjectCommand({ Bucket, Key, VersionId: MarkerId })));
      await say("delete-object-2", s3.send(new DeleteObjectCommand({ Bucket, Key })));
      await say("list-object-versions", s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key })));
      await say(
        "delete-delete-marker",
        s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: MarkerId })),
      );
      await say("delete-object-version", s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
      await say("get-deleted-object-with-version", s3.send(new GetObjectCommand({ Bucket, Key, VersionId })));
      const bad = `${VersionId.slice(0, -4)}ABCD`;
      await say("delete-with-bad-version", s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: bad })));
      await say("delete-wrong-key", s3.send(new DeleteObjectCommand({ Bucket, Key: "wrong" })));
    },
  );

  recorded(
    "test_delete_object, test_get_object_with_version_unversioned_bucket",
    "knows no version but the null version where none are kept",
    {
      "delete-object": { status: 204, DeleteMarker: undefined, VersionId: undefined },
      "delete-nonexistent-object": done(204),
      "delete-nonexistent-object-versionid": refused(400, "InvalidArgument", {
        ArgumentName: "versionId",
        ArgumentValue: MADE_UP,
      }),
      "get-obj-with-version": refused(400, "InvalidArgument", { ArgumentValue: MADE_UP }),
      "get-obj-with-null-version": { status: 200, Body: "test-version", VersionId: undefined },
    },
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      await say("delete-object", s3.send(new DeleteObjectCommand({ Bucket, Key })));
      await say("delete-nonexistent-object", s3.send(new DeleteObjectCommand({ Bucket, Key })));
      const madeUp = { Bucket, Key, VersionId: MADE_UP };
      await say("delete-nonexistent-object-versionid", s3.send(new DeleteObjectCommand(madeUp)));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: "test-version" }));
      await say("get-obj-with-version", s3.send(new GetObjectCommand(madeUp)));
      await say(
        "get-obj-with-null-version",
        s3.send(new GetObjectCommand({ Bucket, Key, VersionId: "null" })),
      );
    },
  );

  recorded(
    "test_delete_bucket_with_objects, test_delete_versioned_bucket_with_objects",
    "keeps a bucket while anything is in it, be it a delete marker",
    {
      "delete-with-obj": refused(409, "BucketNotEmpty"),
      "delete-with-obj-and-delete-marker": refused(409, "BucketNotEmpty", {
        Message: "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
      }),
      "delete-obj-by-version": done(204, { VersionId: "v1" }),
      "delete-with-only-delete-marker": refused(409, "BucketNotEmpty"),
      "delete-marker-by-version": done(204, { DeleteMarker: true, VersionId: "v2" }),
      "success-delete-bucket": done(204),
    },
    async ({ s3, Bucket, say }) => {
      const remove = () => s3.send(new DeleteBucketCommand({ Bucket }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      await say("delete-with-obj", remove());
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await versioned(s3, Bucket);
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await say("delete-with-obj-and-delete-marker", remove());
      await say("delete-obj-by-version", s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
      await say("delete-with-only-delete-marker", remove());
      const { VersionId: MarkerId } = marker;
      await say(
        "delete-marker-by-version",
        s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: MarkerId })),
      );
      await say("success-delete-bucket", remove());
    },
  );

  recorded(
    "test_delete_objects, test_delete_objects_versioned",
    "deletes a list, each for itself",
    {
      "delete-object-wrong-version-id": done(200, {
        Errors: [{ Code: "NoSuchVersion", Key, VersionId: "v1" }],
      }),
      "delete-objects": done(200, { Deleted: [{ Key: "a-wrong-key" }, { Key: "c-wrong-key" }, { Key }] }),
      "delete-objects-no-version-id": done(200, {
        Deleted: [
          { Key, DeleteMarker: true, DeleteMarkerVersionId: "v2" },
          { Key: "wrongkey", DeleteMarker: true, DeleteMarkerVersionId: "v3" },
        ],
      }),
      "delete-objects-marker": done(200, {
        Deleted: [{ Key, DeleteMarker: true, DeleteMarkerVersionId: "v2", VersionId: "v2" }],
      }),
      "delete-objects-wrong-version-id": done(200, {
        Errors: [{ Code: "NoSuchVersion" }, { Code: "NoSuchVersion" }],
      }),
      "delete-objects-version-id": done(200, { Deleted: [{ Key, VersionId: "v4" }] }),
    },
    async ({ s3, Bucket, say }) => {
      const remove = (Objects: { Key: string; VersionId?: string }[]) =>
        s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      await say("delete-object-wrong-version-id", remove([{ Key, VersionId: MADE_UP }]));
      await say("delete-objects", remove([{ Key: "a-wrong-key" }, { Key: "c-wrong-key" }, { Key }]));
      await versioned(s3, Bucket);
      const { VersionId = "" } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      await say("delete-objects-no-version-id", remove([{ Key }, { Key: "wrongkey" }]));
      const list = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
      const MarkerId = list.DeleteMarkers?.[0]?.VersionId ?? "";
      await say("delete-objects-marker", remove([{ Key, VersionId: MarkerId }]));
      const wrong = [Key, "wrong-key-2"].map((one) => ({ Key: one, VersionId: MADE_UP }));
      await say("delete-objects-wrong-version-id", remove(wrong));
      await say("delete-objects-version-id", remove([{ Key, VersionId }]));
    },
  );

  recorded(
    "test_bucket_versioning_crud",
    "switches versions on and suspends them, and never off",
    {
      "get-versioning-before": { status: 200, Status: undefined },
      "put-versioning-suspended-before": done(),
      "get-versioning-after-suspended": done(200, { Status: "Suspended" }),
      "put-versioning-enabled-lowercase": refused(400, "MalformedXML"),
      "put-versioning-enabled-capitalized": done(),
      "get-versioning-after-enabled": done(200, { Status: "Enabled" }),
      "put-versioning-suspended-after": done(),
      "put-versioning-disabled": refused(400, "MalformedXML"),
      "put-versioning-empty": refused(400, "IllegalVersioningConfigurationException"),
      "put-versioning-no-bucket": refused(404, "NoSuchBucket"),
      "get-versioning-no-bucket": refused(404, "NoSuchBucket"),
    },
    async ({ s3, Bucket, say }) => {
      const put = (Status: string | undefined, bucket = Bucket) =>
        s3.send(
          new PutBucketVersioningCommand({
            Bucket: bucket,
            VersioningConfiguration: { Status: Status as "Enabled" },
          }),
        );
      const get = (bucket = Bucket) => s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      await say("get-versioning-before", get());
      await say("put-versioning-suspended-before", put("Suspended"));
      await say("get-versioning-after-suspended", get());
      await say("put-versioning-enabled-lowercase", put("enabled"));
      await say("put-versioning-enabled-capitalized", put("Enabled"));
      await say("get-versioning-after-enabled", get());
      await say("put-versioning-suspended-after", put("Suspended"));
      await say("put-versioning-disabled", put("Disabled"));
      await say("put-versioning-empty", put(undefined));
      await say("put-versioning-no-bucket", put("Enabled", "recorded-nowhere"));
      await say("get-versioning-no-bucket", get("recorded-nowhere"));
    },
  );

  recorded(
    "test_put_object_on_suspended_bucket, test_delete_object_on_suspended_bucket",
    "writes the null version while versions are suspended",
    {
      "list-suspended": done(200, { Versions: [version("v2", true), version("v1", false)] }),
      "put-object-suspended": { status: 200, VersionId: undefined },
      "list-suspended-after-put": done(200, {
        Versions: [version("null", true), version("v2", false), version("v1", false)],
      }),
      "put-object-suspended-overwrite": { status: 200, VersionId: undefined },
      "list-suspended-after-overwrite": done(200, {
        Versions: [version("null", true), version("v2", false), version("v1", false)],
      }),
      "get-object-current": done(200, { Body: "suspended", VersionId: "null" }),
      "delete-object-no-version": done(204, { DeleteMarker: true, VersionId: "null" }),
      "list-suspended-delete": done(200, {
        DeleteMarkers: [version("null", true)],
        Versions: [version("v2", false), version("v1", false)],
      }),
      "list-suspended-put": {
        status: 200,
        DeleteMarkers: undefined,
        Versions: [version("null", true), version("v2", false), version("v1", false)],
      },
      "delete-object-no-version-after-put": done(204, { DeleteMarker: true, VersionId: "null" }),
    },
    async ({ s3, Bucket, say }) => {
      const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      const list = () => s3.send(new ListObjectVersionsCommand({ Bucket }));
      const remove = () => s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      await versioned(s3, Bucket);
      await say("put-object-0", put("0"));
      await say("put-object-1", put("1"));
      await versioned(s3, Bucket, "Suspended");
      await say("list-suspended", list());
      await say("put-object-suspended", put("suspended"));
      await say("list-suspended-after-put", list());
      await say("put-object-suspended-overwrite", put("suspended"));
      await say("list-suspended-after-overwrite", list());
      await say("get-object-current", s3.send(new GetObjectCommand({ Bucket, Key })));
      await say("delete-object-no-version", remove());
      await say("list-suspended-delete", list());
      await say("put-again", put("again"));
      await say("list-suspended-put", list());
      await say("delete-object-no-version-after-put", remove());
    },
  );
};
