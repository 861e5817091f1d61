import { PutObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";

/** Puts an object into the lake; when this returns, S3 has it. */
export type PutFile = (key: string, body: Uint8Array) => Promise<void>;

export const lakeBucket =
  (Bucket: string): PutFile =>
  async (Key, Body) => {
    await s3().send(new PutObjectCommand({ Bucket, Key, Body }));
  };
