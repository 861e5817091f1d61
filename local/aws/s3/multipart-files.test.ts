import { createHash } from "node:crypto";
import { GetObjectAttributesCommand, GetObjectCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { multipartFiles } from "#common/files/multipart-files.ts";
import { clientsFor, failureOf, startTestPort, type TestPort } from "../testing/port.ts";

const Bucket = "millrace-local-files";
const KIND = { contentType: "text/csv", fileName: "events.csv" };
const BIG = Buffer.alloc(5 * 1024 * 1024, "a");
const END = Buffer.from("end");

/** The files that exports write, on a bucket that refuses what AWS may refuse. */
describe("a file that is written in parts", () => {
  let port: TestPort;
  const files = multipartFiles(Bucket);
  const client = () => clientsFor(port.url).s3;
  beforeAll(async () => {
    port = await startTestPort();
    vi.stubEnv("AWS_ENDPOINT_URL", port.url.replace("localhost", "127.0.0.1"));
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await port.close();
  });

  it("is whole, and S3 holds a checksum of all parts for it", async () => {
    const uploadId = await files.begin("whole.csv", KIND);
    const parts = [
      await files.putPart("whole.csv", uploadId, 1, BIG),
      await files.putPart("whole.csv", uploadId, 2, END),
    ];
    await files.finish("whole.csv", uploadId, parts);
    await files.finish("whole.csv", uploadId, parts);

    const { Body, ContentDisposition } = await client().send(
      new GetObjectCommand({ Bucket, Key: "whole.csv" }),
    );
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    expect(hash(bytes)).toBe(hash(Buffer.concat([BIG, END])));
    expect(ContentDisposition).toBe('attachment; filename="events.csv"');
    const { Checksum, ObjectParts } = await client().send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: "whole.csv",
        ObjectAttributes: ["Checksum", "ObjectParts"],
      }),
    );
    expect(Checksum).toMatchObject({ ChecksumType: "COMPOSITE", ChecksumCRC32: expect.any(String) });
    expect(ObjectParts?.Parts?.map(({ ChecksumCRC32 }) => ChecksumCRC32)).toEqual(
      parts.map(({ crc32 }) => crc32),
    );
  });

  it("names the algorithm when it begins, and keeps each part's checksum", async () => {
    const uploadId = await files.begin("named.csv", KIND);
    const { crc32 } = await files.putPart("named.csv", uploadId, 1, END);

    const listed = await client().send(
      new ListPartsCommand({ Bucket, Key: "named.csv", UploadId: uploadId }),
    );

    expect(listed).toMatchObject({ ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE" });
    expect(listed.Parts?.map(({ ChecksumCRC32 }) => ChecksumCRC32)).toEqual([crc32]);
  });

  it("is refused when a part is not the one that was kept", async () => {
    const uploadId = await files.begin("wrong.csv", KIND);
    const part = await files.putPart("wrong.csv", uploadId, 1, END);

    const { name } = await failureOf(files.finish("wrong.csv", uploadId, [{ ...part, crc32: "AAAAAA==" }]));

    expect(name).toBe("InvalidPart");
  });
});
