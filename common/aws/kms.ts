import { GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: KMSClient | undefined;
export const kms = (): KMSClient => {
  client ??= rememberClient(new KMSClient(CLIENT_DEFAULTS));
  return client;
};

/** HMAC-SHA-256 of a message (at most 4,096 bytes) under a KMS key that never leaves KMS: 32 bytes. */
export const generateMac = async (keyId: string, message: string): Promise<Uint8Array> => {
  const { Mac } = await kms().send(
    new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from(message) }),
  );
  if (!Mac) throw new Error("KMS answered GenerateMac without a MAC");
  return Mac;
};
