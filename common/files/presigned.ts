import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { s3 } from "#common/aws/s3.ts";

/**
 * A URL that gets an object of the bucket without a token, good for so many seconds, and no longer than
 * the function's own credentials. Nothing is sent.
 */
export const presignedUrl = (
  bucket: string,
  { key, expiresInSeconds }: { key: string; expiresInSeconds: number },
): Promise<string> =>
  getSignedUrl(s3(), new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresInSeconds });
