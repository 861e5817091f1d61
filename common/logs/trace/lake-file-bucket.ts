import { GetObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";

/** The bytes of an object of the lake. */
export const fileOfLake =
  (Bucket: string) =>
  async (Key: string): Promise<Uint8Array> => {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
