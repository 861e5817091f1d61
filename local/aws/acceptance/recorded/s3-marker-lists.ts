import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const FILES = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"];
const _PLAIN = ["test/bar/foo/123", "test/foo/bar/123", "test/foo/bar/456"];
const keys = (...names: string[]) => names.map((Key) => ({ Key }));
const prefixes = (...names: string[]) => names.map((Prefix) => ({ Prefix }));

const setup = async ({ s3, Bucket }: Recording, names: readonly string[]) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = async (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "content 123" }));
  for (const name of names) await put(name);
  return put;
};

export const recordedMarkerLists = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "lists of objects, versions, uploads and parts", s3Of);

  recorded(
    "test_list_objects_versions_with_prefix_only_and_pagination, test_list_object_versions_pagination_common_prefixes",
    "pages through versions by key and version",
    {
      "list-object-version-prefix-page-1": done(200, {
        IsTruncated: true,
        MaxKeys: 3,
        NextKeyMarker: "prefixed_key",
        NextVersionIdMarker: "v1",
        Versions: [
          { VersionId: "v2", IsLatest: true },
          { VersionId: "v3", IsLatest: false },
          { VersionId: "v1", IsLatest: false },
        ],
      }),
      "list-object-version-prefix-key-marker-only": { status: 200, IsTruncated: false, Versions: undefined },
      "list-object-version-prefix-page-2": done(200, {
        IsTruncated: false,
        KeyMarker: "prefixed_key",
        Versions: [{ VersionId: "v4" }, { VersionId: "v5" }],
      }),
      "list-object-version-prefix-page-2-after-delete": done(200, {
        Versions: [
          { VersionId: "v4", IsLatest: true },
          { VersionId: "v5", IsLatest: false },
        ],
      }),
      "list-objects-next-version-only": refused(400, "InvalidArgument", {
        ArgumentName: "version-id-marker",
      }),
      "list-object-versions-start": {
        status: 200,
        CommonPrefixes: prefixes("folder/aSubfolder/"),
        IsTruncated: true,
        NextKeyMarker: "folder/aSubfolder/",
        NextVersionIdMarker: undefined,
      },
      "list-object-versions-next-1": done(200, {
        Versions: keys("folder/file1"),
        NextKeyMarker: "folder/file1",
      }),
      "list-object-versions-end": done(200, { Versions: keys("folder/file2"), IsTruncated: false }),
      "list-object-versions-manual-first-file": done(200, {
        Versions: keys("folder/file1"),
        IsTruncated: true,
      }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const put = await setup(recording, []);
      const VersioningConfiguration = { Status: "Enabled" as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const list = (more: object) => s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));
      for (let count = 0; count < 5; count += 1) await put("prefixed_key");
      const Prefix = "prefix";
      const KeyMarker = "prefixed_key";
      await say("list-object-version-prefix-page-1", list({ Prefix, MaxKeys: 3 }));
      await say("list-object-version-prefix-key-marker-only", list({ Prefix, KeyMarker, MaxKeys: 4 }));
      const { Versions = [] } = await list({ Prefix });
      const VersionIdMarker = Versions[2]?.VersionId;
      await say("list-object-version-prefix-page-2", list({ Prefix, KeyMarker, VersionIdMarker }));
      for (const { VersionId } of Versions.slice(0, 3)) {
        await s3.send(new DeleteObjectCommand({ Bucket, Key: "prefixed_key", VersionId }));
      }
      await say(
        "list-object-version-prefix-page-2-after-delete",
        list({ Prefix, KeyMarker, VersionIdMarker }),
      );
      await say("list-objects-next-version-only", list({ VersionIdMarker }));
      for (const name of FILES) await put(name);
      const rolled = { Prefix: "folder/", Delimiter: "/", MaxKeys: 1 };
      await say("list-object-versions-start", list(rolled));
      await say("list-object-versions-next-1", list({ ...rolled, KeyMarker: "folder/aSubfolder/" }));
      await say("list-object-versions-end", list({ ...rolled, KeyMarker: "folder/file1" }));
      await say("list-object-versions-manual-first-file", list({ ...rolled, KeyMarker: FILES[0] }));
    },
  );

  const upload = (Key: string, UploadId: string) => ({ Key, UploadId });
  recorded(
    "test_list_multiparts_next_marker, test_list_multiparts_with_prefix_and_delimiter, test_list_multipart_uploads_marker_common_prefixes",
    "pages through uploads by key and the time at which they began",
    {
      "list-multiparts-empty": {
        status: 200,
        Uploads: undefined,
        NextKeyMarker: "",
        NextUploadIdMarker: "",
        MaxUploads: 1000,
      },
      "list-multiparts-all": done(200, {
        Uploads: [upload("a", "u2"), upload("a", "u3"), upload("b/x", "u4"), upload("c", "u1")],
        NextKeyMarker: "c",
        NextUploadIdMarker: "u1",
        IsTruncated: false,
      }),
      "list-multiparts-max-1": done(200, {
        Uploads: [upload("a", "u2")],
        IsTruncated: true,
        NextUploadIdMarker: "u2",
      }),
      "list-multiparts-next-key-only": done(200, { Uploads: [upload("b/x", "u4")], KeyMarker: "a" }),
      "list-multiparts-next-key-last": {
        status: 200,
        Uploads: undefined,
        IsTruncated: false,
        NextKeyMarker: "",
      },
      "list-multiparts-next-upload-only": done(200, { Uploads: [upload("a", "u2")], UploadIdMarker: "" }),
      "list-multiparts-both-markers": done(200, { Uploads: [upload("a", "u3")], IsTruncated: true }),
      "list-multiparts-both-markers-2": done(200, { Uploads: [upload("b/x", "u4")] }),
      "list-multiparts-wrong-id-for-key": refused(400, "InvalidArgument", {
        ArgumentName: "upload-id-marker",
      }),
      "list-multiparts-delimiter": done(200, {
        CommonPrefixes: prefixes("b/"),
        Uploads: keys("a", "a", "c"),
      }),
      "list-multiparts-manual-prefix": done(200, { Uploads: keys("c"), KeyMarker: "b/" }),
      "list-multiparts-only-prefixes": done(200, { CommonPrefixes: prefixes("b/"), NextKeyMarker: "" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, []);
      const list = (more: object) => s3.send(new ListMultipartUploadsCommand({ Bucket, ...more }));
      const begin = async (Key: string) =>
        (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId;
      await say("list-multiparts-empty", list({}));
      await begin("c");
      await begin("b/x");
      const ids = [await begin("a"), await begin("a")];
      await say("list-multiparts-all", list({}));
      await say("list-multiparts-max-1", list({ MaxUploads: 1 }));
      await say("list-multiparts-next-key-only", list({ MaxUploads: 1, KeyMarker: "a" }));
      await say("list-multiparts-next-key-last", list({ MaxUploads: 1, KeyMarker: "c" }));
      await say("list-multiparts-next-upload-only", list({ MaxUploads: 1, UploadIdMarker: ids[0] }));
      const both = (UploadIdMarker: string | undefined) =>
        list({ MaxUploads: 1, KeyMarker: "a", UploadIdMarker });
      await say("list-multiparts-both-markers", both(ids[0]));
      await say("list-multiparts-both-markers-2", both(ids[1]));
      await say("list-multiparts-wrong-id-for-key", list({ KeyMarker: "c", UploadIdMarker: ids[0] }));
      await say("list-multiparts-delimiter", list({ Delimiter: "/" }));
      await say("list-multiparts-manual-prefix", list({ Delimiter: "/", KeyMarker: "b/" }));
      await say("list-multiparts-only-prefixes", list({ Delimiter: "/", Prefix: "b" }));
    },
  );

  const part = (PartNumber: number) => ({ PartNumber, Size: 4, ETag: '"8d777f385d3dfec8815d20f7496026dc"' });
  recorded(
    "test_list_parts_pagination, test_list_parts_empty_part_number_marker",
    "pages through parts by their numbers",
    {
      "list-parts-empty": {
        status: 200,
        Parts: undefined,
        MaxParts: 1000,
        NextPartNumberMarker: "0",
        PartNumberMarker: "0",
      },
      "list-parts-all": done(200, {
        Parts: [part(1), part(2)],
        NextPartNumberMarker: "2",
        IsTruncated: false,
      }),
      "list-parts-1": done(200, {
        Parts: [part(1)],
        NextPartNumberMarker: "1",
        IsTruncated: true,
        MaxParts: 1,
      }),
      "list-parts-next": done(200, { Parts: [part(2)], PartNumberMarker: "1", IsTruncated: false }),
      "list-parts-wrong-part": {
        status: 200,
        Parts: undefined,
        NextPartNumberMarker: "0",
        PartNumberMarker: "10",
      },
      "list-parts-empty-marker": done(200, { Parts: [part(1), part(2)], PartNumberMarker: "0" }),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      await setup(recording, []);
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
      const where = { Bucket, Key: "k", UploadId };
      const list = (more: object) => s3.send(new ListPartsCommand({ ...where, ...more }));
      await say("list-parts-empty", list({}));
      for (const PartNumber of [1, 2]) {
        await s3.send(new UploadPartCommand({ ...where, PartNumber, Body: "data" }));
      }
      await say("list-parts-all", list({}));
      await say("list-parts-1", list({ MaxParts: 1 }));
      await say("list-parts-next", list({ MaxParts: 1, PartNumberMarker: "1" }));
      await say("list-parts-wrong-part", list({ MaxParts: 1, PartNumberMarker: "10" }));
      await say("list-parts-empty-marker", list({ PartNumberMarker: "" }));
    },
  );
};
