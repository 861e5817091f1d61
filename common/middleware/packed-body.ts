import { gunzipSync } from "node:zlib";
import { AppError } from "#common/errors/app-error.ts";
import { bodyTooLarge } from "./body-too-large.ts";

/** RFC 1952. No JSON text begins so. */
const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";

/**
 * The bytes of a body that may be packed by gzip; unpacks no more than `bytesMax`. The build leaves this file out of
 * functions whose contracts take nothing packed.
 */
export const unpacked = (bytes: Buffer, bytesMax: number): Buffer => {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if (isTooLong(error)) throw bodyTooLarge(bytesMax);
    throw new AppError("BODY_NOT_JSON", {
      errors: [{ in: "body", path: "", message: "must be valid gzip" }],
    });
  }
};
