import * as crypto from "node:crypto";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID as the platform writes them: lower case, of any version. */
export const isUuid = (text: string): boolean => UUID.test(text);

const toText = (bytes: Buffer): string => {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

type MaybeV7 = { randomUUIDv7?: () => string };

/** RFC 9562, 5.7: 48 bits of Unix milliseconds, version, 74 random bits. */
export const composeUuidV7 = (): string => {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return toText(bytes);
};

/** The UUID that follows from these texts, always the same (RFC 9562, version 8): for events that may be published twice and must then have one id. */
export const uuidFrom = (...parts: string[]): string => {
  const bytes = crypto.createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return toText(bytes);
};

/**
 * A new UUIDv7: sorts by the millisecond it was made in. Node has it from 24.16 on, and Lambda's
 * runtime may be older than the Node that this is developed with.
 */
export const newId: () => string = (crypto as MaybeV7).randomUUIDv7 ?? composeUuidV7;
