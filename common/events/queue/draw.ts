import { hash, randomBytes } from "node:crypto";

const SALT_BYTES = 16;

/** 16 random bytes, base64url: without them, texts cannot be tried against a digest. */
export const newSalt = (): string => randomBytes(SALT_BYTES).toString("base64url");

/**
 * Id (UUIDv7) and salt of the event at this place of a request, the same again when the request is made
 * again under its Idempotency-Key. Both come from the attempt's id, whose 74 random bits stand in no
 * answer and are kept for no longer than the key: an event's id reveals nothing of its salt. Ids sort by the
 * request's millisecond and then by place (at most 4,096 of them).
 */
export const drawFor = (attemptId: string, place: number): { eventId: string; salt: string } => {
  const drawn = hash("sha256", `${attemptId} ${place}`, "buffer");
  const salt = drawn.toString("base64url", 32 - SALT_BYTES);
  drawn.writeUInt8((drawn.readUInt8(0) & 0x3f) | 0x80, 0);
  const random = drawn.toString("hex", 0, 8);
  const counter = place.toString(16).padStart(3, "0");
  return { eventId: `${attemptId.slice(0, 14)}7${counter}-${random.slice(0, 4)}-${random.slice(4)}`, salt };
};
