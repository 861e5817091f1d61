import { type Cursors, makeCursors, rememberedDayKeys } from "./cursor.ts";

/** Cursors under a KMS HMAC key; KMS is loaded and asked with the first cursor of a day. */
export const kmsCursors = (keyId: string, more: { validMs?: number } = {}): Cursors =>
  makeCursors({
    ...more,
    keys: rememberedDayKeys(async (message) =>
      (await import("#common/aws/kms.ts")).generateMac(keyId, message),
    ),
  });
