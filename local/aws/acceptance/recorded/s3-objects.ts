import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { done, recordings, refused } from "./recorded.ts";

const Key = "test-object";
const DIGITS = "0123456789";

export const recordedObjects = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "ranges, checksums of puts, copies", s3Of);

  const part = (Body: string, first: number) =>
    done(206, {
      Body,
      ContentRange: `bytes ${first}-${first + Body.length - 1}/10`,
      ContentLength: Body.length,
    });
  const whole = { status: 200, Body: DIGITS, ContentRange: undefined, ChecksumCRC32: "poTHxg==" };
  const RANGES: Record<string, object> = {
    "0-8": { ...part("012345678", 0), ChecksumCRC32: undefined },
    "1-1": part("1", 1),
    "1-0": whole,
    "1-": part("123456789", 1),
    "-1-": whole,
    "-2": part("89", 8),
    "-9": part("123456789", 1),
    "-15": { ...part(DIGITS, 0), ChecksumCRC32: "poTHxg==" },
    "0-100": { ...part(DIGITS, 0), ChecksumCRC32: "poTHxg==" },
    "0-0": part("0", 0),
    "0--1": whole,
    "0-1,3-4,7-9": whole,
    "-": whole,
    "-0": refused(416, "InvalidRange", { ActualObjectSize: "10", RangeRequested: "bytes=-0" }),
    "100-200": refused(416, "InvalidRange", { ActualObjectSize: "10" }),
  };
  recorded(
    "test_get_object_range",
    "takes a range that makes no sense for none",
    Object.fromEntries(Object.entries(RANGES).map(([range, answer]) => [`get-${range}`, { ...answer }])),
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: DIGITS }));
      for (const range of Object.keys(RANGES)) {
        await say(`get-${range}`, s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${range}` })));
      }
    },
  );

  /** Checksums of the right form; only CRC32 and SHA-256 are also those of the body. */
  const SENT = {
    CRC32: "cZWHwQ==",
    CRC32C: "Pf4upw==",
    SHA1: "B++3uSfJMSHWToQMQ1g6lIJY5Eo=",
    SHA256: "2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=",
    CRC64NVME: "Rnr2/5P7Gsk=",
  };
  const algorithms = Object.keys(SENT);
  recorded(
    "test_put_object_checksum, test_s3_checksum_no_algorithm, test_multipart_upload_part_checksum_exception",
    "refuses a body that is not what its checksum says",
    {
      ...Object.fromEntries(algorithms.map((name) => [`malformed-${name}`, refused(400, "InvalidRequest")])),
      ...Object.fromEntries(algorithms.map((name) => [`wrong-${name}`, refused(400, "BadDigest")])),
      "put-2-checksums": refused(400, "InvalidRequest"),
      "put-right-CRC32": done(200, {
        ChecksumCRC32: SENT.CRC32,
        ETag: '"e6d9226c2a86b7232933663c13467527"',
      }),
      "put-right-SHA256": done(200, { ChecksumSHA256: SENT.SHA256 }),
      "head-obj": done(200, { ChecksumSHA256: SENT.SHA256, ChecksumType: "FULL_OBJECT" }),
    },
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      const put = (Body: string, more: object) =>
        s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
      const body = "test data..";
      for (const [name, value] of Object.entries(SENT)) {
        await say(`malformed-${name}`, put(body, { [`Checksum${name}`]: "invalid" }));
        await say(`wrong-${name}`, put(`${body}.`, { [`Checksum${name}`]: value }));
      }
      const both = { ChecksumCRC32: SENT.CRC32, ChecksumSHA256: SENT.SHA256 };
      await say("put-2-checksums", put(body, both));
      await say("put-right-CRC32", put(body, { ChecksumCRC32: SENT.CRC32 }));
      await say("put-right-SHA256", put(body, { ChecksumSHA256: SENT.SHA256 }));
      await say("head-obj", s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" })));
    },
  );

  const SUMS = {
    CRC32: "MzVIGw==",
    CRC32C: "078Ilw==",
    SHA1: "5zXdjmjYk4EJ8Cw4PMnQVslCpRQ=",
    SHA256: "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U=",
    CRC64NVME: "pX30eiUx5C0=",
  };
  recorded(
    "test_s3_copy_object_with_default_checksum, test_put_object_default_checksum_with_sse_c",
    "keeps the algorithm of what it copies",
    Object.fromEntries(
      Object.entries(SUMS).map(([name, value]) => [
        `copy-${name}`,
        done(200, {
          CopyObjectResult: {
            [`Checksum${name}`]: value,
            ChecksumType: "FULL_OBJECT",
            ETag: '"88bac95f31528d13a072c05f2a1cf371"',
          },
        }),
      ]),
    ),
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      for (const [name, value] of Object.entries(SUMS)) {
        const sum = { [`Checksum${name}`]: value };
        await s3.send(new PutObjectCommand({ Bucket, Key: name, Body: '{"key": "value"}', ...sum }));
        const copied = { Bucket, Key: "copy", CopySource: `${Bucket}/${name}` };
        await say(`copy-${name}`, s3.send(new CopyObjectCommand(copied)));
      }
    },
  );

  recorded(
    "test_s3_copy_object_src_not_exists, test_s3_copy_object_in_place_versioned, test_s3_copy_object_wrong_format",
    "copies what is there, and not onto itself unchanged",
    {
      "copy-object-src-bucket-not-exists": refused(404, "NoSuchBucket"),
      "copy-object-src-object-not-exists": refused(404, "NoSuchKey", { Key: "absent" }),
      "copy-object-wrong-copy-source": refused(400, "InvalidArgument", { ArgumentName: "x-amz-copy-source" }),
      "copy-object-in-place-no-change": refused(400, "InvalidRequest"),
      "copy-in-place-versioned": done(200, { CopySourceVersionId: "v1", VersionId: "v2" }),
      "head-object-copied": done(200, { ContentType: "binary/octet-stream", Metadata: {}, VersionId: "v2" }),
      "copy-object-src-delete-marker-current-version": refused(404, "NoSuchKey", { Key }),
      "copy-object-src-target-delete-marker": refused(400, "InvalidRequest"),
      "copy-object-src-target-object-version": done(200, { CopySourceVersionId: "v1", VersionId: "v3" }),
      "copy-in-place-versioned-suspended": done(200, { VersionId: "null" }),
    },
    async ({ s3, Bucket, say }) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      const versioning = (Status: "Enabled" | "Suspended") =>
        s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      const copy = (CopySource: string, more: object = {}) =>
        s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
      const itself = `${Bucket}/${Key}`;
      await versioning("Enabled");
      await say("copy-object-src-bucket-not-exists", copy("recorded-nowhere/absent"));
      await say("copy-object-src-object-not-exists", copy(`${Bucket}/absent`));
      await say("copy-object-wrong-copy-source", copy("no-slash"));
      const metadata = { ContentType: "application/json", Metadata: { key: "value" } };
      const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "{}", ...metadata }));
      await say("copy-object-in-place-no-change", copy(itself));
      await say("copy-in-place-versioned", copy(itself, { MetadataDirective: "REPLACE" }));
      await say("head-object-copied", s3.send(new HeadObjectCommand({ Bucket, Key })));
      const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await say("copy-object-src-delete-marker-current-version", copy(itself));
      await say("copy-object-src-target-delete-marker", copy(`${itself}?versionId=${marker.VersionId}`));
      await say("copy-object-src-target-object-version", copy(`${itself}?versionId=${VersionId}`));
      await versioning("Suspended");
      await say("copy-in-place-versioned-suspended", copy(itself, { MetadataDirective: "REPLACE" }));
    },
  );
};
