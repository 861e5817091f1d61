import { createHash, randomBytes } from "node:crypto";

const SALT_BYTES = 16;

/** 16 random bytes, base64url: nobody who sees a digest can try texts against it. */
export const newSalt = (): string => randomBytes(SALT_BYTES).toString("base64url");

/**
 * The salt of the event at this place of a request, the same again when the request is. `secret` is the
 * request's own random seed, which leaves the platform in no answer.
 */
export const saltOf = (secret: string, place: number): string =>
  createHash("sha256").update(`${secret} ${place}`).digest().subarray(0, SALT_BYTES).toString("base64url");
