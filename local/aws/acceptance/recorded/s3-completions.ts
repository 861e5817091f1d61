import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const Key = "test-multipart";

const setup = async ({ s3, Bucket }: Recording, more: object = {}) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const create = (options: object = more) =>
    s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }));
  const put = (
    UploadId: string | undefined,
    PartNumber: number,
    Body: Buffer | string,
    options: object = {},
  ) => s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...options }));
  const complete = (UploadId: string | undefined, Parts: object[], options: object = {}) =>
    s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...options }),
    );
  return { create, put, complete };
};

export const recordedCompletions = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "uploads in parts and their checksums", s3Of);

  recorded(
    "test_multipart_checksum_type_compatibility, test_multipart_checksum_type_default_for_checksum",
    "knows which checksum is of parts and which of the whole",
    {
      "create-no-algorithm-with-type": refused(400, "InvalidRequest"),
      "COMPOSITE-CRC64NVME": refused(400, "InvalidRequest"),
      "FULL_OBJECT-SHA1": refused(400, "InvalidRequest"),
      "FULL_OBJECT-SHA256": refused(400, "InvalidRequest"),
      "default-CRC32": done(200, { ChecksumType: "COMPOSITE" }),
      "default-CRC32C": done(200, { ChecksumType: "COMPOSITE" }),
      "default-SHA1": done(200, { ChecksumType: "COMPOSITE" }),
      "default-SHA256": done(200, { ChecksumType: "COMPOSITE" }),
      "default-CRC64NVME": done(200, { ChecksumType: "FULL_OBJECT" }),
    },
    async (recording) => {
      const { say } = recording;
      const { create } = await setup(recording);
      await say("create-no-algorithm-with-type", create({ ChecksumType: "COMPOSITE" }));
      for (const [ChecksumType, ChecksumAlgorithm] of [
        ["COMPOSITE", "CRC64NVME"],
        ["FULL_OBJECT", "SHA1"],
        ["FULL_OBJECT", "SHA256"],
      ]) {
        await say(`${ChecksumType}-${ChecksumAlgorithm}`, create({ ChecksumAlgorithm, ChecksumType }));
      }
      for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]) {
        await say(`default-${ChecksumAlgorithm}`, create({ ChecksumAlgorithm }));
      }
    },
  );

  const ABC = "47bce5c74f589f4867dbd57e9ca9f808";
  recorded(
    "test_complete_multipart_parts_checksum_default, test_multipart_size_validation, test_multipart_parts_checksum_exceptions_full_object",
    "takes an upload that names no checksum, and makes one of the whole",
    {
      "upload-part-different-checksum-than-default": done(200, {
        ChecksumCRC32C: "45fn2Q==",
        ETag: `"${ABC}"`,
      }),
      "list-parts": { status: 200, Parts: [{ Size: 3 }], ChecksumAlgorithm: undefined },
      "complete-multipart-parts-checksum": refused(400, "InvalidPart", { PartNumber: "1", ETag: ABC }),
      "complete-multipart-full-object-type": refused(400, "InvalidRequest"),
      "complete-multipart-composite-type": refused(400, "InvalidRequest"),
      "complete-multipart-wrong-size": refused(400, "InvalidRequest"),
      "complete-multipart-checksum": done(200, {
        ChecksumCRC64NVME: "Rnr2/5P7Gsk=",
        ChecksumType: "FULL_OBJECT",
        ETag: '"e2c3da976e66ec9e7dc128fbc782fc91-1"',
      }),
      "upload-part-different-checksum-exc": refused(400, "InvalidRequest"),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { create, put, complete } = await setup(recording);
      const { UploadId } = await create();
      const sum = { ChecksumCRC32C: "45fn2Q==" };
      await say("upload-part-different-checksum-than-default", put(UploadId, 1, "aaa", sum));
      await say("list-parts", s3.send(new ListPartsCommand({ Bucket, Key, UploadId })));
      const part = { ETag: ABC, PartNumber: 1 };
      await say("complete-multipart-parts-checksum", complete(UploadId, [{ ...part, ...sum }]));
      const full = { ChecksumType: "FULL_OBJECT" };
      await say("complete-multipart-full-object-type", complete(UploadId, [part], full));
      const composite = { ChecksumType: "COMPOSITE" };
      await say("complete-multipart-composite-type", complete(UploadId, [part], composite));
      await say("complete-multipart-wrong-size", complete(UploadId, [part], { MpuObjectSize: 4 }));
      await say("complete-multipart-checksum", complete(UploadId, [part], { MpuObjectSize: 3 }));
      const other = await create({ ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" });
      await say(
        "upload-part-different-checksum-exc",
        put(other.UploadId, 1, "abc", { ChecksumAlgorithm: "CRC32" }),
      );
    },
  );

  const invalidPart = (PartNumber: string, ETag: string) =>
    refused(400, "InvalidPart", { PartNumber, ETag, UploadId: "u1" });
  const noUpload = refused(404, "NoSuchUpload", { UploadId: "u1" });
  recorded(
    "test_multipart_complete_multipart_too_small, test_multipart_complete_multipart_wrong_part, test_multipart_key_validation",
    "refuses a completion that does not fit what was put",
    {
      "complete-exc-no-parts": refused(400, "InvalidRequest"),
      "complete-exc-too-small": refused(400, "EntityTooSmall", {
        PartNumber: "1",
        ProposedSize: "4",
        MinSizeAllowed: "5242880",
        ETag: "8d777f385d3dfec8815d20f7496026dc",
      }),
      "complete-exc-wrong-part-number": invalidPart("3", "8d777f385d3dfec8815d20f7496026dc"),
      "complete-exc-wrong-etag": invalidPart("1", "d41d8cd98f00b204e9800998ecf8427e"),
      "upload-part-wrong-key-name": noUpload,
      "complete-multipart-wrong-key-name": noUpload,
      "list-parts-wrong-key-name": noUpload,
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { create, put, complete } = await setup(recording);
      const { UploadId } = await create();
      const ETag = "8d777f385d3dfec8815d20f7496026dc";
      await put(UploadId, 1, "data");
      await put(UploadId, 2, "data");
      await say("complete-exc-no-parts", complete(UploadId, []));
      const both = [1, 2].map((PartNumber) => ({ PartNumber, ETag }));
      await say("complete-exc-too-small", complete(UploadId, both));
      await say("complete-exc-wrong-part-number", complete(UploadId, [{ PartNumber: 3, ETag }]));
      const wrong = { PartNumber: 1, ETag: "d41d8cd98f00b204e9800998ecf8427e" };
      await say("complete-exc-wrong-etag", complete(UploadId, [wrong]));
      const other = { Key: "other" };
      await say("upload-part-wrong-key-name", put(UploadId, 1, "data", other));
      await say("complete-multipart-wrong-key-name", complete(UploadId, both, other));
      await say("list-parts-wrong-key-name", s3.send(new ListPartsCommand({ Bucket, UploadId, ...other })));
    },
  );

  const badRange = (ArgumentValue: string) =>
    refused(400, "InvalidArgument", { ArgumentName: "x-amz-copy-source-range", ArgumentValue });
  const BAD = [
    "0-8",
    "bytes=1-0",
    "bytes=-1-",
    "bytes=0--1",
    "bytes=0-1,3-4,7-9",
    "bytes=-",
    "bytes=-0",
    "bytes=1-",
    "bytes=-2",
    "bytes=0-100",
  ];
  recorded(
    "test_upload_part_copy_range, test_upload_part_copy_no_copy_source_range",
    "copies a part out of an object, by exact ranges alone",
    {
      "upload-part-copy-1": done(200, { CopyPartResult: { ETag: '"22975d8a5ed1b91445f6c55ac121505b"' } }),
      "upload-part-copy-2": done(200, { CopyPartResult: { ETag: '"c4ca4238a0b923820dcc509a6f75849b"' } }),
      "upload-part-copy": done(200, { CopyPartResult: { ETag: '"781e5e245d69b566979b86e28d23f2c7"' } }),
      "list-parts": done(200, { Parts: [{ Size: 9 }, { Size: 1 }, { Size: 10 }], NextPartNumberMarker: "3" }),
      ...Object.fromEntries(BAD.map((range) => [range, badRange(range)])),
      "bytes=100-200": refused(400, "InvalidRequest"),
    },
    async (recording) => {
      const { s3, Bucket, say } = recording;
      const { create } = await setup(recording);
      await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
      const { UploadId } = await create();
      const copy = (PartNumber: number, CopySourceRange?: string) =>
        s3.send(
          new UploadPartCopyCommand({
            Bucket,
            Key,
            UploadId,
            PartNumber,
            CopySource: `${Bucket}/source`,
            ...(CopySourceRange === undefined ? {} : { CopySourceRange }),
          }),
        );
      await say("upload-part-copy-1", copy(1, "bytes=0-8"));
      await say("upload-part-copy-2", copy(2, "bytes=1-1"));
      await say("upload-part-copy", copy(3));
      await say("list-parts", s3.send(new ListPartsCommand({ Bucket, Key, UploadId })));
      for (const range of [...BAD, "bytes=100-200"]) await say(range, copy(1, range));
    },
  );
};
