import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";

/** What the platform needs of S3. */
export const describeS3 = (start: StartEmulator) =>
  describe("S3", () => {
    const clients = useEmulator(start);
    const make = async () => {
      const Bucket = freshName("bucket");
      await clients().s3.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    };
    const put = (Bucket: string, Key: string, Body: string | Uint8Array = "x", more = {}) =>
      clients().s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    const get = async (Bucket: string, Key: string, more = {}) => {
      const answer = await clients().s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
      return { ...answer, text: (await answer.Body?.transformToString()) ?? "" };
    };
    const list = (Bucket: string, more = {}) =>
      clients().s3.send(new ListObjectsV2Command({ Bucket, ...more }));

    it.each([
      "plain.txt",
      "folder one/ä + b&c=%20?#.json",
      "a//b",
      "trailing/",
      "dots/../inside",
      "x/.",
      `${"long".repeat(200)}`,
      "emoji-🎉",
    ])("stores %j and gives it back with its headers", async (Key) => {
      const Bucket = await make();

      const { ETag } = await put(Bucket, Key, `content of ${Key}`, {
        ContentType: "text/plain",
        CacheControl: "no-store",
        Metadata: { own: "value" },
      });
      const answer = await get(Bucket, Key);

      expect(answer.text).toBe(`content of ${Key}`);
      expect(answer).toMatchObject({
        ETag,
        ContentType: "text/plain",
        CacheControl: "no-store",
        Metadata: { own: "value" },
      });
      expect((await list(Bucket)).Contents?.map((one) => one.Key)).toEqual([Key]);
    });

    it("keeps `a` and `a/b` apart", async () => {
      const Bucket = await make();

      await put(Bucket, "a/b", "below");
      await put(Bucket, "a", "above");
      await put(Bucket, "a/b/c", "deeper");

      expect([
        (await get(Bucket, "a")).text,
        (await get(Bucket, "a/b")).text,
        (await get(Bucket, "a/b/c")).text,
      ]).toEqual(["above", "below", "deeper"]);
    });

    it("replaces, empties and deletes", async () => {
      const Bucket = await make();
      await put(Bucket, "k", "one");
      await put(Bucket, "k", "");
      expect((await get(Bucket, "k")).text).toBe("");

      await clients().s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      await clients().s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));

      const gone = await failureOf(get(Bucket, "k"));
      expect([gone.name, gone.status]).toEqual(["NoSuchKey", 404]);
      expect((await failureOf(clients().s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).status).toBe(
        404,
      );
    });

    it("takes a stream of unknown framing", async () => {
      const Bucket = await make();
      const pieces = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000, index));

      await clients().s3.send(
        new PutObjectCommand({ Bucket, Key: "stream", Body: Readable.from(pieces), ContentLength: 200_000 }),
      );

      const { Body } = await clients().s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
      expect(Buffer.concat(pieces).equals((await Body?.transformToByteArray()) ?? new Uint8Array())).toBe(
        true,
      );
    });

    it("gives ranges", async () => {
      const Bucket = await make();
      await put(Bucket, "k", "0123456789");

      expect((await get(Bucket, "k", { Range: "bytes=2-4" })).text).toBe("234");
      expect((await get(Bucket, "k", { Range: "bytes=7-" })).ContentRange).toBe("bytes 7-9/10");
      expect((await get(Bucket, "k", { Range: "bytes=-2" })).text).toBe("89");
      expect((await failureOf(get(Bucket, "k", { Range: "bytes=10-" }))).status).toBe(416);
    });

    it("lets one of many conditional puts win", async () => {
      const Bucket = await make();

      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => put(Bucket, "lock", `${index}`, { IfNoneMatch: "*" })),
      );

      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const { name, status } = await failureOf(put(Bucket, "lock", "late", { IfNoneMatch: "*" }));
      expect([name, status]).toEqual(["PreconditionFailed", 412]);
    });

    it("replaces only what the caller saw", async () => {
      const Bucket = await make();
      const { ETag } = await put(Bucket, "k", "one");

      await put(Bucket, "k", "two", { IfMatch: ETag });

      expect((await failureOf(put(Bucket, "k", "three", { IfMatch: ETag }))).status).toBe(412);
      expect((await failureOf(put(Bucket, "absent", "x", { IfMatch: ETag }))).status).toBe(404);
      expect((await failureOf(get(Bucket, "k", { IfMatch: ETag }))).status).toBe(412);
    });

    it("lists in pages, with prefix and delimiter", async () => {
      const Bucket = await make();
      for (const key of ["a/1", "a/2", "b/1", "c", "d"]) await put(Bucket, key);

      const first = await list(Bucket, { Delimiter: "/", MaxKeys: 2 });
      const second = await list(Bucket, {
        Delimiter: "/",
        MaxKeys: 2,
        ContinuationToken: first.NextContinuationToken,
      });
      const below = await list(Bucket, { Prefix: "a/", StartAfter: "a/1" });

      expect(first.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["a/", "b/"]);
      expect(first.IsTruncated).toBe(true);
      expect(second.Contents?.map(({ Key }) => Key)).toEqual(["c", "d"]);
      expect(second.IsTruncated).toBe(false);
      expect(below.Contents?.map(({ Key }) => Key)).toEqual(["a/2"]);
    });

    it("copies, with its headers or new ones", async () => {
      const Bucket = await make();
      await put(Bucket, "from ä", "content", { ContentType: "text/csv" });
      const copy = (more = {}) =>
        clients().s3.send(
          new CopyObjectCommand({
            Bucket,
            Key: "to",
            CopySource: `${Bucket}/${encodeURIComponent("from ä")}`,
            ...more,
          }),
        );

      await copy();
      expect(await get(Bucket, "to")).toMatchObject({ text: "content", ContentType: "text/csv" });
      await copy({ MetadataDirective: "REPLACE", ContentType: "text/plain" });

      expect((await get(Bucket, "to")).ContentType).toBe("text/plain");
    });

    it("puts parts together, and forgets an upload that is given up", async () => {
      const Bucket = await make();
      const where = { Bucket, Key: "big" };
      const begin = async () =>
        (await clients().s3.send(new CreateMultipartUploadCommand({ ...where, ContentType: "text/x" })))
          .UploadId;
      const UploadId = await begin();
      const pieces = [Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("end")];
      const Parts = await Promise.all(
        pieces.map(async (Body, index) => {
          const part = { PartNumber: index + 1 };
          const { ETag } = await clients().s3.send(
            new UploadPartCommand({ ...where, UploadId, ...part, Body }),
          );
          return { ...part, ETag };
        }),
      );

      const { ETag } = await clients().s3.send(
        new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }),
      );
      const other = await begin();
      await clients().s3.send(new AbortMultipartUploadCommand({ ...where, UploadId: other }));

      expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
      expect(await get(Bucket, "big")).toMatchObject({
        text: Buffer.concat(pieces).toString(),
        ContentType: "text/x",
      });
      const late = clients().s3.send(
        new UploadPartCommand({ ...where, UploadId: other, PartNumber: 1, Body: "x" }),
      );
      expect((await failureOf(late)).name).toBe("NoSuchUpload");
    });

    it("deletes many, and tags without harming the object", async () => {
      const Bucket = await make();
      for (const key of ["a", "b <&>", "c"]) await put(Bucket, key, "kept");
      await clients().s3.send(
        new PutObjectTaggingCommand({ Bucket, Key: "c", Tagging: { TagSet: [{ Key: "k", Value: "v" }] } }),
      );

      const { Deleted = [] } = await clients().s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "b <&>" }] } }),
      );

      expect(Deleted.map(({ Key }) => Key)).toEqual(["a", "b <&>"]);
      expect((await get(Bucket, "c")).text).toBe("kept");
      const { TagSet } = await clients().s3.send(new GetObjectTaggingCommand({ Bucket, Key: "c" }));
      expect(TagSet).toEqual([{ Key: "k", Value: "v" }]);
    });

    it("keeps versions when asked to", async () => {
      const Bucket = await make();
      await put(Bucket, "k", "before");
      await clients().s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
      );
      const { VersionId } = await put(Bucket, "k", "one");
      await put(Bucket, "k", "two");
      const marker = await clients().s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));

      expect(marker.DeleteMarker).toBe(true);
      expect((await failureOf(get(Bucket, "k"))).status).toBe(404);
      expect((await get(Bucket, "k", { VersionId })).text).toBe("one");
      expect((await get(Bucket, "k", { VersionId: "null" })).text).toBe("before");
      await clients().s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
      expect((await get(Bucket, "k")).text).toBe("two");
      const { Versions = [] } = await clients().s3.send(new ListObjectVersionsCommand({ Bucket }));
      expect(Versions).toHaveLength(3);
    });

    it("refuses a bucket that does not exist", async () => {
      expect((await failureOf(put("nowhere-at-all", "k"))).name).toBe("NoSuchBucket");
    });
  });
