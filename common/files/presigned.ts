import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

/**
 * A URL that gets the object without a token, good for so many seconds, and no longer than the
 * function's own credentials. Nothing is sent.
 */
export const presignGet = (
  client: S3Client,
  { bucket, key, expiresIn }: { bucket: string; key: string; expiresIn: number },
): Promise<string> => getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
