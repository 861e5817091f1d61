import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { done, type Recording, recordings, refused } from "./recorded.ts";

const Key = "test-multipart";
const BIG = Buffer.alloc(5_242_881, "a");
const SMALL = Buffer.from("aaaaaaaaaa");
const ETAGS = [
  "c4c753e69bb853187f5854c46cf801c6",
  "c4c753e69bb853187f5854c46cf801c6",
  "e09c80c42fda55f9d992e59ca6b3307d",
];

type Algorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";
type Sums = { algorithm: Algorithm; big: string; small: string; whole: string; copy: string };

const COMPOSITE: Sums[] = [
  {
    algorithm: "SHA1",
    big: "bH71WIZUKQtUwR2wKSSkFjCRBPM=",
    small: "NJX/adNGcdHhWzOmPBN5/e3Toyo=",
    whole: "AyE60nyQoBgJcwsyPHWu7aJuxBs=-3",
    copy: "eIC+AqBqApUmeqCBQ+9n8OVTP+8=",
  },
  {
    algorithm: "SHA256",
    big: "DjU70AB1bON8k0n0fVHv2PJQVWcA/jWsITp6ti20Tbs=",
    small: "vyy1imj2hNlaO3jvj2Ycmk5bCegsyPnMiMzpBSjK6yc=",
    whole: "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3",
    copy: "0+991zqhqOQ5J2EdwChmHIeC1dXXuJzaCritTzqVGDw=",
  },
];
const FULL_OBJECT: Sums[] = [
  { algorithm: "CRC32", big: "NRU+Sw==", small: "TBHN8A==", whole: "qSEQSA==", copy: "qSEQSA==" },
  { algorithm: "CRC32C", big: "2/Ckiw==", small: "5yZkMA==", whole: "eTdAQA==", copy: "eTdAQA==" },
  {
    algorithm: "CRC64NVME",
    big: "Kg7TOs6algM=",
    small: "DBqAA21lxVU=",
    whole: "ZMNX55lZurA=",
    copy: "ZMNX55lZurA=",
  },
];

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

export const recordedUploads = (s3Of: () => S3Client): void => {
  const recorded = recordings("S3", "uploads in parts and their checksums", s3Of);

  for (const [ChecksumType, sums] of [
    ["COMPOSITE", COMPOSITE],
    ["FULL_OBJECT", FULL_OBJECT],
  ] as const) {
    for (const { algorithm, big, small, whole, copy } of sums) {
      const name = `Checksum${algorithm}`;
      const composite = ChecksumType === "COMPOSITE";
      const wrongPart = composite ? 3 : 1;
      recorded(
        `test_complete_multipart_parts_checksum_${ChecksumType.toLowerCase()}[${algorithm}]`,
        `holds an upload against its ${ChecksumType} ${algorithm}`,
        {
          "create-mpu-checksum": done(200, { ChecksumAlgorithm: algorithm, ChecksumType }),
          "upload-part-0": done(200, { [name]: big, ETag: `"${ETAGS[0]}"` }),
          "upload-part-1": done(200, { [name]: big }),
          "upload-part-2": done(200, { [name]: small, ETag: `"${ETAGS[2]}"` }),
          "list-parts": done(200, {
            ChecksumAlgorithm: algorithm,
            ChecksumType,
            Parts: [{ [name]: big }, { [name]: big }, { [name]: small }],
          }),
          "complete-multipart-wrong-parts-checksum": refused(400, "InvalidPart", {
            PartNumber: String(wrongPart),
          }),
          ...(composite ? { "complete-multipart-no-checksum": refused(400, "InvalidRequest") } : {}),
          "complete-multipart-checksum": done(200, {
            [name]: whole,
            ChecksumType,
            ETag: '"4d45984fc3feb2ac9b22683c49674b56-3"',
          }),
          "head-object-with-checksum": done(200, { [name]: whole, ChecksumType, ContentLength: 10_485_772 }),
          "get-object-attrs": done(200, {
            Checksum: { [name]: whole.replace("-3", ""), ChecksumType },
            ObjectParts: {
              TotalPartsCount: 3,
              ...(composite ? { MaxParts: 1000, NextPartNumberMarker: "3" } : {}),
            },
          }),
          "copy-obj-checksum": done(200, {
            CopyObjectResult: {
              [name]: copy,
              ChecksumType: "FULL_OBJECT",
              ETag: '"a0397ee2df08832642af5d7e57c5760c"',
            },
          }),
          "get-object-part-checksum": {
            ...done(206, {
              ContentRange: "bytes 10485762-10485771/10485772",
              PartsCount: 3,
              Body: String(SMALL),
            }),
            [name]: composite ? small : undefined,
          },
        },
        async (recording) => {
          const { s3, Bucket, say } = recording;
          const { create, put, complete } = await setup(recording);
          const { UploadId } = await create({ ChecksumAlgorithm: algorithm, ChecksumType });
          await say("create-mpu-checksum", create({ ChecksumAlgorithm: algorithm, ChecksumType }));
          for (const [index, body] of [BIG, BIG, SMALL].entries()) {
            const sum = { [name]: index === 2 ? small : big };
            await say(`upload-part-${index}`, put(UploadId, index + 1, body, sum));
          }
          await say("list-parts", s3.send(new ListPartsCommand({ Bucket, Key, UploadId })));
          const parts = ETAGS.map((ETag, index) => ({
            ETag,
            PartNumber: index + 1,
            [name]: index === 2 ? small : big,
          }));
          const swapped = parts.map((part) =>
            part.PartNumber === wrongPart ? { ...part, [name]: composite ? big : small } : part,
          );
          await say("complete-multipart-wrong-parts-checksum", complete(UploadId, swapped));
          const bare = parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber }));
          if (composite) await say("complete-multipart-no-checksum", complete(UploadId, bare));
          await say("complete-multipart-checksum", complete(UploadId, parts));
          const ChecksumMode = "ENABLED" as const;
          await say(
            "head-object-with-checksum",
            s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode })),
          );
          const ObjectAttributes = ["Checksum" as const, "ObjectParts" as const];
          await say(
            "get-object-attrs",
            s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes })),
          );
          const CopySource = `${Bucket}/${Key}`;
          await say("copy-obj-checksum", s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource })));
          await say(
            "get-object-part-checksum",
            s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 3 })),
          );
        },
      );
    }
  }
};
