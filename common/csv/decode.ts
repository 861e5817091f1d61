import { TextDecoder } from "node:util";
import type { Encoding } from "./format.ts";

/** Bytes of an encoding as UTF-8, piece by piece. */
export type Decoding = {
  /** Throws a TypeError where bytes are not of the encoding. */
  toUtf8: (bytes: Uint8Array, isLast: boolean) => Buffer;
  /** How many bytes the file has for this UTF-8 (one character a byte). */
  sourceBytes: (utf8: string) => number;
};

/** Each unit of UTF-16 comes from one or two bytes of the file, for the encodings that there are. */
const UNIT_BYTES = { "utf-16le": 2, "utf-16be": 2, "windows-1252": 1 } as const;

/** undefined for UTF-8, which is read as it is. */
export const decodingOf = (encoding: Encoding): Decoding | undefined => {
  if (encoding === "utf-8") return undefined;
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const unitBytes = UNIT_BYTES[encoding];
  return {
    toUtf8: (bytes, isLast) => Buffer.from(decoder.decode(bytes, { stream: !isLast })),
    sourceBytes: (utf8) => Buffer.from(utf8, "latin1").toString("utf8").length * unitBytes,
  };
};
