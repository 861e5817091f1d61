import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused, tagOf } from "./recorded.ts";

const Key = "test-precondition";
const DAY_MS = 86_400_000;
const failed = (Condition: string) => refused(412, "PreconditionFailed", { Condition });
const conflict = (Condition: string) => refused(409, "ConditionalRequestConflict", { Condition, Key });
const missing = refused(404, "NoSuchKey", { Key });

const setup = async ({ s3, Bucket }: Recording) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Body: string, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const remove = () => s3.send(new DeleteObjectCommand({ Bucket, Key }));
  /** An upload with one part, which `complete` finishes under a condition. */
  const begin = async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const { ETag } = await s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "data" }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    return (condition: { IfMatch?: string; IfNoneMatch?: string }) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload, ...condition }));
  };
  return { put, remove, begin };
};

export const recordedConditions = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "conditions of puts, completions, copies and reads", s3Of);

  recorded(
    "test_put_object_if_none_match, test_put_object_if_none_match_validation",
    "puts only where nothing is",
    {
      "put-obj": done(),
      "put-obj-if-none-match": failed("If-None-Match"),
      "put-obj-if-none-match-bad-value": refused(501, "NotImplemented", { Header: "If-None-Match" }),
      "del-obj": done(204),
      "put-obj-after-del": done(),
    },
    async (recording) => {
      const { say } = recording;
      const { put, remove } = await setup(recording);
      await say("put-obj", put(""));
      await say("put-obj-if-none-match", put("", { IfNoneMatch: "*" }));
      await say("put-obj-if-none-match-bad-value", put("", { IfNoneMatch: "etag" }));
      await say("del-obj", remove());
      await say("put-obj-after-del", put("", { IfNoneMatch: "*" }));
    },
  );

  recorded(
    "test_put_object_if_match, test_put_object_if_match_validation, test_put_object_if_match_and_if_none_match_validation",
    "puts only over what the caller saw",
    {
      "put-obj-if-match-star-value": refused(501, "NotImplemented", { Header: "If-Match" }),
      "put-obj-if-match-bad-value": missing,
      "put-obj-both-precondition": refused(501, "NotImplemented", { Header: "If-Match,If-None-Match" }),
      "put-obj-if-match-wrong-etag": failed("If-Match"),
      "put-obj-overwrite": done(),
      "put-obj-if-match-key-not-exists": missing,
      "put-obj-after-del": done(),
    },
    async (recording) => {
      const { say } = recording;
      const { put, remove } = await setup(recording);
      await say("put-obj-if-match-star-value", put("", { IfMatch: "*" }));
      await say("put-obj-if-match-bad-value", put("", { IfMatch: "notanetag" }));
      await say("put-obj-both-precondition", put("", { IfMatch: "a", IfNoneMatch: "*" }));
      const { ETag } = await put("test");
      await say("put-obj-if-match-wrong-etag", put("", { IfMatch: "d41d8cd98f00b204e9800998ecf8427e" }));
      await say("put-obj-overwrite", put("", { IfMatch: ETag }));
      await remove();
      await say("put-obj-if-match-key-not-exists", put("", { IfMatch: ETag }));
      await say("put-obj-after-del", put(""));
    },
  );

  recorded(
    "test_put_object_if_none_match_versioned_bucket, test_put_object_if_match_versioned_bucket",
    "takes a delete marker for nothing",
    {
      "put-obj": done(200, { VersionId: "v1" }),
      "put-obj-if-none-match": failed("If-None-Match"),
      "put-obj-if-match-wrong": failed("If-Match"),
      "del-obj": done(204, { DeleteMarker: true, VersionId: "v2" }),
      "put-obj-after-del-exc": missing,
      "put-obj-after-del": done(200, { VersionId: "v3" }),
      "put-obj-if-match": done(200, { VersionId: "v4" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put, remove } = await setup(recording);
      const VersioningConfiguration = { Status: "Enabled" as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const first = await say("put-obj", put("test"));
      await say("put-obj-if-none-match", put("", { IfNoneMatch: "*" }));
      await say("put-obj-if-match-wrong", put("", { IfMatch: "wrong" }));
      await say("del-obj", remove());
      await say("put-obj-after-del-exc", put("", { IfMatch: tagOf(first) }));
      const next = await say("put-obj-after-del", put("test-after-del", { IfNoneMatch: "*" }));
      await say("put-obj-if-match", put("overwritten", { IfMatch: tagOf(next) }));
    },
  );

  recorded(
    "test_multipart_if_none_match_with_delete, test_multipart_if_none_match_with_put",
    "completes where nothing is, and nothing happened meanwhile",
    {
      "complete-multipart-if-none-match": failed("If-None-Match"),
      "complete-multipart-after-del": conflict("If-None-Match"),
      "complete-multipart-after-del-restart": done(200, { ChecksumType: "FULL_OBJECT" }),
      "complete-multipart-if-none-match-put-during": failed("If-None-Match"),
    },
    async (recording) => {
      const { say } = recording;
      const { put, remove, begin } = await setup(recording);
      await put("");
      const first = await begin();
      await say("complete-multipart-if-none-match", first({ IfNoneMatch: "*" }));
      await remove();
      await say("complete-multipart-after-del", first({ IfNoneMatch: "*" }));
      const second = await begin();
      await say("complete-multipart-after-del-restart", second({ IfNoneMatch: "*" }));
      await remove();
      const third = await begin();
      await put("");
      await say("complete-multipart-if-none-match-put-during", third({ IfNoneMatch: "*" }));
    },
  );

  recorded(
    "test_multipart_if_match_with_put, test_multipart_if_match_with_put_identical, test_multipart_if_match_with_delete, test_multipart_if_match_etag",
    "completes over what the caller saw, and nothing happened meanwhile",
    {
      "complete-multipart-if-match-put-before": failed("If-Match"),
      "complete-multipart-if-match-put-during": conflict("If-Match"),
      "complete-multipart-if-match-put-before-restart": done(),
      "identical-put-during": conflict("If-Match"),
      "complete-multipart-after-del": missing,
      "complete-multipart-if-match-after-put": conflict("If-Match"),
      "complete-multipart-if-match-true-etag": failed("If-Match"),
      "complete-multipart-if-match-overwrite-multipart": done(),
    },
    async (recording) => {
      const { say } = recording;
      const { put, remove, begin } = await setup(recording);
      const { ETag: before = "" } = await put("test");
      const first = await begin();
      const { ETag: during = "" } = await put("test2");
      await say("complete-multipart-if-match-put-before", first({ IfMatch: before }));
      await say("complete-multipart-if-match-put-during", first({ IfMatch: during }));
      const second = await begin();
      await say("complete-multipart-if-match-put-before-restart", second({ IfMatch: during }));
      const { ETag: same = "" } = await put("test");
      const third = await begin();
      await put("test");
      await say("identical-put-during", third({ IfMatch: same }));
      const fourth = await begin();
      await remove();
      await say("complete-multipart-after-del", fourth({ IfMatch: same }));
      await put("test");
      await say("complete-multipart-if-match-after-put", fourth({ IfMatch: same }));
      const fifth = await begin();
      const { ETag: whole = "" } = await fifth({});
      const sixth = await begin();
      await say("complete-multipart-if-match-true-etag", sixth({ IfMatch: before }));
      await say("complete-multipart-if-match-overwrite-multipart", sixth({ IfMatch: whole }));
    },
  );

  recorded(
    "test_s3_copy_object_preconditions, test_s3_copy_object_if_source_modified_since_versioned, test_s3_copy_object_if_source_unmodified_since_versioned",
    "copies what the caller means",
    {
      "copy-precondition-if-match": failed("x-amz-copy-source-If-Match"),
      "copy-precondition-if-unmodified-since": failed("x-amz-copy-source-If-Unmodified-Since"),
      "copy-precondition-if-none-match": failed("x-amz-copy-source-If-None-Match"),
      "copy-precondition-if-modified-since": failed("x-amz-copy-source-If-Modified-Since"),
      "copy-ignore-future-modified-since": done(200, { CopyObjectResult: { ChecksumCRC32: "rfPzYw==" } }),
      "copy-etag-missing-quotes": failed("x-amz-copy-source-If-None-Match"),
      "copy-success": done(200, { CopyObjectResult: { ETag: '"8d777f385d3dfec8815d20f7496026dc"' } }),
      "copy-if-modified-since": done(),
      "copy-if-modified-since-last-modified": failed("x-amz-copy-source-If-Modified-Since"),
      "copy-if-unmodified-since": done(),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put } = await setup(recording);
      const { ETag = "" } = await put("data");
      const { LastModified: modified = new Date() } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const copy = (more: object) =>
        s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}`, ...more }));
      const yesterday = new Date(Date.now() - DAY_MS);
      const modifiedSince = { CopySourceIfModifiedSince: modified };
      const noneMatch = { ...modifiedSince, CopySourceIfNoneMatch: ETag };
      const unmodified = { ...noneMatch, CopySourceIfUnmodifiedSince: yesterday };
      await say("copy-precondition-if-match", copy({ ...unmodified, CopySourceIfMatch: "etag123" }));
      await say("copy-precondition-if-unmodified-since", copy(unmodified));
      await say("copy-precondition-if-none-match", copy(noneMatch));
      await say("copy-precondition-if-modified-since", copy(modifiedSince));
      const tomorrow = new Date(Date.now() + DAY_MS);
      await say("copy-ignore-future-modified-since", copy({ CopySourceIfModifiedSince: tomorrow }));
      const bare = ETag.replaceAll('"', "");
      await say("copy-etag-missing-quotes", copy({ CopySourceIfNoneMatch: bare }));
      await say(
        "copy-success",
        copy({
          CopySourceIfMatch: bare,
          CopySourceIfNoneMatch: "etag123",
          CopySourceIfModifiedSince: yesterday,
          CopySourceIfUnmodifiedSince: modified,
        }),
      );
      const minute = new Date(modified.getTime() - 60_000);
      await say("copy-if-modified-since", copy({ CopySourceIfModifiedSince: minute }));
      await say("copy-if-modified-since-last-modified", copy({ CopySourceIfModifiedSince: modified }));
      await say("copy-if-unmodified-since", copy({ CopySourceIfUnmodifiedSince: modified }));
    },
  );

  recorded(
    "test_s3_get_object_preconditions",
    "reads what the caller does not have yet",
    {
      "precondition-if-match": failed("If-Match"),
      "precondition-if-unmodified-since": failed("If-Unmodified-Since"),
      "precondition-if-none-match": { status: 304 },
      "precondition-if-modified-since": { status: 304 },
      "obj-ignore-future-modified-since": done(200, { Body: "data" }),
      "etag-missing-quotes": { status: 304 },
      "obj-success": done(200, { Body: "data" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { put } = await setup(recording);
      const { ETag = "" } = await put("data");
      const { LastModified: modified = new Date() } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
      const yesterday = new Date(Date.now() - DAY_MS);
      await say("precondition-if-match", get({ IfMatch: "etag123", IfNoneMatch: ETag }));
      const unmodified = { IfUnmodifiedSince: yesterday, IfNoneMatch: ETag };
      await say("precondition-if-unmodified-since", get(unmodified));
      await say("precondition-if-none-match", get({ IfNoneMatch: ETag, IfModifiedSince: yesterday }));
      await say("precondition-if-modified-since", get({ IfModifiedSince: modified }));
      const tomorrow = new Date(Date.now() + DAY_MS);
      await say("obj-ignore-future-modified-since", get({ IfModifiedSince: tomorrow }));
      await say("etag-missing-quotes", get({ IfNoneMatch: ETag.replaceAll('"', "") }));
      await say("obj-success", get({ IfMatch: ETag, IfNoneMatch: "etag123", IfModifiedSince: yesterday }));
    },
  );
};
