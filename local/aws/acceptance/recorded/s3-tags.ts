import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const Key = "test-tagging";
const tag = (Key: string, Value: string) => ({ Key, Value });
const set = (...TagSet: object[]) => done(200, { TagSet });

const setup = async ({ s3, Bucket }: Recording) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "test-tagging", ...more }));
  const get = (more = {}) => s3.send(new GetObjectTaggingCommand({ Bucket, Key, ...more }));
  const tagWith = (TagSet: { Key: string; Value: string }[], more = {}) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet }, ...more }));
  const untag = (more = {}) => s3.send(new DeleteObjectTaggingCommand({ Bucket, Key, ...more }));
  return { put, get, tagWith, untag };
};

export const recordedTags = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "tags of objects", s3Of);

  recorded(
    "test_object_tagging_crud, test_put_object_with_tags, test_object_tags_delete_or_overwrite_object",
    "keeps tags with the object, and forgets them with it",
    {
      "get-object-tags-empty": set(),
      "put-object-tags": done(),
      "get-object-tags": set(tag("tag1", "tag1"), tag("tag2", "")),
      "get-object-tags-overwritten": set(tag("tag3", "tag3")),
      "get-obj-after-tags": done(200, { TagCount: 1, Body: "test-tagging" }),
      "delete-object-tags": done(204),
      "get-obj-after-tags-deleted": { status: 200, TagCount: undefined },
      "get-object-tags-header": set(tag("tag", ""), tag("tag1", "tag1"), tag("tag2", "tag2")),
      "get-object-tags-wrong-format-qs": set(tag("wrongagain", ""), tag("wrongquery", "")),
      "get-object-after-overwrite": set(),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, get, tagWith, untag } = await setup(recording);
      await put();
      await say("get-object-tags-empty", get());
      await say("put-object-tags", tagWith([tag("tag1", "tag1"), tag("tag2", "")]));
      await say("get-object-tags", get());
      await tagWith([tag("tag3", "tag3")]);
      await say("get-object-tags-overwritten", get());
      await say("get-obj-after-tags", s3.send(new GetObjectCommand({ Bucket, Key })));
      await say("delete-object-tags", untag());
      await say("get-obj-after-tags-deleted", s3.send(new GetObjectCommand({ Bucket, Key })));
      await put({ Tagging: "tag1=tag1&tag2=tag2&tag=" });
      await say("get-object-tags-header", get());
      await put({ Tagging: "wrongquery&wrongagain" });
      await say("get-object-tags-wrong-format-qs", get());
      await put();
      await say("get-object-after-overwrite", get());
    },
  );

  const missing = refused(404, "NoSuchKey");
  recorded(
    "test_object_tagging_exc, test_tagging_validation",
    "refuses tags that S3 does not take",
    {
      "get-no-bucket-tags": refused(404, "NoSuchBucket"),
      "get-no-key-tags": missing,
      "put-no-key-tags": missing,
      "delete-no-key-tags": missing,
      "put-obj-duplicate-tagging": refused(400, "InvalidArgument", { ArgumentName: "x-amz-tagging" }),
      "put-obj-wrong-format": refused(400, "InvalidArgument", { ArgumentName: "x-amz-tagging" }),
      "put-object-tags-duplicate-keys": refused(400, "InvalidTag", { TagKey: "Key1" }),
      "put-object-tags-invalid-field": refused(400, "InvalidTag", { TagKey: "Key1,Key2" }),
      "put-object-tags-aws-prefixed": refused(400, "InvalidTag", { TagKey: "aws:prefixed" }),
    },
    async (recording) => {
      const { say } = recording;
      const { put, get, tagWith, untag } = await setup(recording);
      await say("get-no-bucket-tags", get({ Bucket: "recorded-nowhere" }));
      await say("get-no-key-tags", get());
      await say("put-no-key-tags", tagWith([tag("tag1", "tag1")]));
      await say("delete-no-key-tags", untag());
      await say("put-obj-duplicate-tagging", put({ Tagging: "key1=val1&key1=val2" }));
      await say("put-obj-wrong-format", put({ Tagging: "key1=val1,key2=val2" }));
      await put();
      await say("put-object-tags-duplicate-keys", tagWith([tag("Key1", "Val1"), tag("Key1", "Val1")]));
      await say("put-object-tags-invalid-field", tagWith([tag("Key1,Key2", "Val1")]));
      await say("put-object-tags-aws-prefixed", tagWith([tag("aws:prefixed", "Val1")]));
    },
  );

  const notAllowed = (Method: string) =>
    refused(405, "MethodNotAllowed", { Method, ResourceType: "DeleteMarker" });
  recorded(
    "test_object_tagging_versioned",
    "tags one version, and no delete marker",
    {
      "put-object-tags-current-version": done(200, { VersionId: "v2" }),
      "get-object-tags-current-version": { ...set(tag("tag3", "tag3")), VersionId: "v2" },
      "get-object-tags-previous-version": { ...set(tag("test_tag", "tagv1")), VersionId: "v1" },
      "put-object-tags-previous-version": done(200, { VersionId: "v1" }),
      "put-object-tags-delete-marker-id": notAllowed("PUT"),
      "get-object-tags-delete-marker-id": notAllowed("GET"),
      "delete-object-tags-delete-marker-id": notAllowed("DELETE"),
      "put-object-tags-delete-marker-latest": notAllowed("PUT"),
      "get-object-tags-delete-marker-latest": notAllowed("GET"),
      "delete-object-tags-delete-marker-latest": notAllowed("DELETE"),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, get, tagWith, untag } = await setup(recording);
      const VersioningConfiguration = { Status: "Enabled" as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const first = await say("put-obj-0", put({ Tagging: "test_tag=tagv1" }));
      await say("put-obj-1", put());
      const previous = { VersionId: String(first.VersionId) };
      await say("put-object-tags-current-version", tagWith([tag("tag3", "tag3")]));
      await say("get-object-tags-current-version", get());
      await say("get-object-tags-previous-version", get(previous));
      await say("put-object-tags-previous-version", tagWith([tag("tag1", "tag1")], previous));
      const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      for (const [where, more] of [
        ["id", { VersionId }],
        ["latest", {}],
      ] as const) {
        await say(`put-object-tags-delete-marker-${where}`, tagWith([tag("a", "b")], more));
        await say(`get-object-tags-delete-marker-${where}`, get(more));
        await say(`delete-object-tags-delete-marker-${where}`, untag(more));
      }
    },
  );
};
