import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { ItemValue } from "./table.ts";

const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Shorter texts stay as they are: they fit the 1 KB that a write costs anyway, and a call of zstd takes 30 µs. */
const PLAIN_BYTES_MAX = 800;

/** Far more than what is packed here: a few bytes that somebody put there could unpack to more than there is memory. */
const UNPACKED_MAX = { maxOutputLength: 16 * 1_048_576 };

/** JSON text as an attribute: as it is when it is short, else zstd. */
export const pack = (json: string): ItemValue =>
  json.length <= PLAIN_BYTES_MAX && Buffer.byteLength(json) <= PLAIN_BYTES_MAX
    ? json
    : zstdCompressSync(json, FASTEST);

/** The text that was packed; throws when it cannot be unpacked. */
export const unpackText = (value: ItemValue | undefined): string => {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return zstdDecompressSync(value, UNPACKED_MAX).toString("utf8");
  throw new Error(`packed JSON must be text or bytes, got ${typeof value}`);
};

export const unpack = (value: ItemValue | undefined): unknown => JSON.parse(unpackText(value));

export const packedBytes = (value: ItemValue): number =>
  typeof value === "string" ? Buffer.byteLength(value) : value instanceof Uint8Array ? value.length : 8;
