import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const FILES = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"];
const PLAIN = ["test/bar/foo/123", "test/foo/bar/123", "test/foo/bar/456"];
const keys = (...names: string[]) => names.map((Key) => ({ Key }));
const prefixes = (...names: string[]) => names.map((Prefix) => ({ Prefix }));

const setup = async ({ s3, Bucket }: Recording, names: readonly string[]) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = async (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "content 123" }));
  for (const name of names) await put(name);
  return put;
};

export const recordedLists = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "lists of objects, versions, uploads and parts", s3Of);

  recorded(
    "test_list_objects_next_marker, test_list_objects_marker_common_prefixes, test_s3_list_objects_empty_marker",
    "pages by markers, and names the next one where a delimiter asks for it",
    {
      "list-objects-all": {
        status: 200,
        Contents: keys(...FILES),
        IsTruncated: false,
        NextMarker: undefined,
        Marker: "",
      },
      "list-objects-rest": {
        status: 200,
        Contents: keys(FILES[1] ?? ""),
        IsTruncated: true,
        NextMarker: undefined,
      },
      "list-objects-marker-empty": done(200, { Contents: keys(FILES[0] ?? ""), Marker: "" }),
      "list-objects-start": {
        status: 200,
        CommonPrefixes: prefixes("folder/aSubfolder/"),
        Contents: undefined,
        IsTruncated: true,
        NextMarker: "folder/aSubfolder/",
      },
      "list-objects-next-1": done(200, { Contents: keys("folder/file1"), NextMarker: "folder/file1" }),
      "list-objects-end": {
        status: 200,
        Contents: keys("folder/file2"),
        IsTruncated: false,
        NextMarker: undefined,
      },
      "list-objects-manual-first-file": done(200, { Contents: keys("folder/file1"), IsTruncated: true }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, FILES);
      const list = (more: object) => s3.send(new ListObjectsCommand({ Bucket, ...more }));
      const rolled = { Prefix: "folder/", Delimiter: "/", MaxKeys: 1 };
      await say("list-objects-all", list({}));
      await say("list-objects-rest", list({ Marker: FILES[0], MaxKeys: 1 }));
      await say("list-objects-marker-empty", list({ Marker: "", MaxKeys: 1 }));
      await say("list-objects-start", list(rolled));
      await say("list-objects-next-1", list({ ...rolled, Marker: "folder/aSubfolder/" }));
      await say("list-objects-end", list({ ...rolled, Marker: "folder/file1" }));
      await say("list-objects-manual-first-file", list({ ...rolled, Marker: "folder/aSubfolder/subFile1" }));
    },
  );

  recorded(
    "test_list_objects_v2_with_prefix, test_list_objects_v2_with_prefix_and_delimiter",
    "rolls keys up below a delimiter",
    {
      "list-objects-v2-1": done(200, {
        Contents: keys(...PLAIN),
        KeyCount: 3,
        MaxKeys: 1000,
        Prefix: "test/",
      }),
      "list-objects-v2-2": done(200, { Contents: keys(...PLAIN.slice(1)), KeyCount: 2 }),
      "list-objects-v2-3": done(200, { Contents: keys(...PLAIN.slice(1)), KeyCount: 2 }),
      "delimiter-1": done(200, {
        CommonPrefixes: prefixes("test/bar/", "test/foo/"),
        KeyCount: 2,
        Delimiter: "/",
      }),
      "delimiter-1-with-max-keys": done(200, {
        CommonPrefixes: prefixes("test/bar/"),
        KeyCount: 1,
        MaxKeys: 1,
        IsTruncated: true,
      }),
      "delimiter-2": done(200, { CommonPrefixes: prefixes("test/foo/"), KeyCount: 1 }),
      "delimiter-3": done(200, { CommonPrefixes: prefixes("test/foo/bar/"), KeyCount: 1 }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, PLAIN);
      const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket, ...more }));
      const Delimiter = "/";
      await say("list-objects-v2-1", list({ Prefix: "test/" }));
      await say("list-objects-v2-2", list({ Prefix: "test/foo" }));
      await say("list-objects-v2-3", list({ Prefix: "test/foo/bar" }));
      await say("delimiter-1", list({ Prefix: "test/", Delimiter }));
      await say("delimiter-1-with-max-keys", list({ Prefix: "test/", Delimiter, MaxKeys: 1 }));
      await say("delimiter-2", list({ Prefix: "test/foo", Delimiter }));
      await say("delimiter-3", list({ Prefix: "test/foo/bar", Delimiter }));
    },
  );

  const dates = ["date=2026-01-01/", "date=2026-02-01/", "date=2026-03-01/", "date=2026-05-01/"];
  recorded(
    "test_list_objects_v2_continuation_token_safe_chars",
    "escapes what it is asked to, and goes on where it stopped",
    {
      "list-objects-start-after": done(200, {
        Contents: keys(...dates.slice(2)),
        StartAfter: "date=2026-02-01/",
        IsTruncated: true,
        KeyCount: 2,
      }),
      "list-objects-start-after-url-type": done(200, {
        Contents: keys("date%3D2026-03-01/", "date%3D2026-05-01/"),
        EncodingType: "url",
        StartAfter: "date%3D2026-02-01/",
      }),
      "list-objects-start-after-encoded": done(200, { Contents: keys(...dates.slice(0, 2)) }),
      "list-objects-start-after-token": {
        status: 200,
        Contents: keys(...dates.slice(2)),
        StartAfter: undefined,
      },
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, [...dates, "file%2Fname", "test key//", "test@key/"]);
      const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ...more }));
      const StartAfter = dates[1];
      await say("list-objects-start-after", list({ StartAfter }));
      await say("list-objects-start-after-url-type", list({ StartAfter, EncodingType: "url" }));
      await say("list-objects-start-after-encoded", list({ StartAfter: "date%3D2026-02-01/" }));
      const { NextContinuationToken: ContinuationToken } = await list({});
      await say("list-objects-start-after-token", list({ ContinuationToken, StartAfter }));
    },
  );

  const invalidEncoding = refused(400, "InvalidArgument", { ArgumentName: "encoding-type" });
  recorded(
    "test_list_ops_encoding_type_validation",
    "knows one encoding",
    {
      list_objects_v2: { ...invalidEncoding, ArgumentValue: "value" },
      list_objects: invalidEncoding,
      list_object_versions: invalidEncoding,
      list_multipart_uploads: invalidEncoding,
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, []);
      const wrong = { Bucket, EncodingType: "value" as "url" };
      await say("list_objects_v2", s3.send(new ListObjectsV2Command(wrong)));
      await say("list_objects", s3.send(new ListObjectsCommand(wrong)));
      await say("list_object_versions", s3.send(new ListObjectVersionsCommand(wrong)));
      await say("list_multipart_uploads", s3.send(new ListMultipartUploadsCommand(wrong)));
    },
  );
};
