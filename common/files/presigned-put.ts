import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { CLIENT_DEFAULTS } from "#common/aws/clients.ts";

let client: S3Client | undefined;

/** Without a checksum of its own: the SDK would sign that of an empty body, and S3 refuse every other. */
const presigner = (): S3Client => {
  client ??= new S3Client({ ...CLIENT_DEFAULTS, requestChecksumCalculation: "WHEN_REQUIRED" });
  return client;
};

/**
 * A URL that puts one object of exactly this length without a token, good for so many seconds, and no longer than the
 * function's own credentials. The length is signed: S3 refuses any other. Nothing is sent.
 */
export const presignedPut = async (
  bucket: string,
  { key, bytes, expiresInSeconds }: { key: string; bytes: number; expiresInSeconds: number },
): Promise<{ url: string; headers: Record<string, string> }> => {
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, ContentLength: bytes });
  const url = await getSignedUrl(presigner(), put, { expiresIn: expiresInSeconds });
  return { url, headers: { "content-length": String(bytes) } };
};
