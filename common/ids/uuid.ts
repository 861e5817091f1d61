import * as crypto from "node:crypto";

type MaybeV7 = { randomUUIDv7?: () => string };

/** RFC 9562, 5.7: 48 bits of Unix milliseconds, version, 74 random bits. */
export const composeUuidV7 = (): string => {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * A new UUIDv7: sorts by the millisecond it was made in. Node has it from 24.16 on, and Lambda's
 * runtime may be older than the Node that this is developed with.
 */
export const newId: () => string = (crypto as MaybeV7).randomUUIDv7 ?? composeUuidV7;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether it is an id as the platform makes them: nothing else is asked of a table, or recorded as read. */
export const isUuid = (text: string): boolean => UUID.test(text);
