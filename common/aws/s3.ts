import { S3Client } from "@aws-sdk/client-s3";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: S3Client | undefined;

/** A part of an upload is 8 MB: more time than the others' small calls have. */
export const s3 = (): S3Client => {
  client ??= rememberClient(
    new S3Client({
      ...CLIENT_DEFAULTS,
      requestHandler: { ...CLIENT_DEFAULTS.requestHandler, requestTimeout: 30_000 },
    }),
  );
  return client;
};
