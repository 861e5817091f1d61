import { gunzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { LogLine } from "#common/logs/line.ts";

const Bucket = "millrace-local-lake";

/** The keys of the lake below a prefix. */
export const lakeKeys = async (s3: S3Client, Prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return keys;
};

/** An object's text, unpacked. */
export const lakeText = async (s3: S3Client, Key: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
};

/** Every line of the raw folders below a prefix, with the key of its object. */
export const lakeLines = async (
  s3: S3Client,
  prefix = "logs/",
): Promise<{ key: string; line: LogLine }[]> => {
  const found: { key: string; line: LogLine }[] = [];
  for (const key of await lakeKeys(s3, prefix)) {
    for (const text of (await lakeText(s3, key)).split("\n")) {
      if (text !== "") found.push({ key, line: JSON.parse(text) });
    }
  }
  return found;
};

/** A failure as a stream keeps it under `errors/`. */
export type StreamFailure = { errorCode: string; rawData: string; arrivalTimestamp: number };

export const lakeFailures = async (s3: S3Client): Promise<{ key: string; failure: StreamFailure }[]> => {
  const found: { key: string; failure: StreamFailure }[] = [];
  for (const key of await lakeKeys(s3, "errors/")) {
    for (const text of (await lakeText(s3, key)).split("\n")) {
      if (text !== "") found.push({ key, failure: JSON.parse(text) });
    }
  }
  return found;
};
