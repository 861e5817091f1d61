import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, createZstdDecompress } from "node:zlib";
import { CsvFileError } from "./faults.ts";
import { ZstdFrames } from "./zstd-frames.ts";

export type Packing = "none" | "gzip" | "zstd";

/** From the file's name; undefined if it names no CSV file. */
export const packingOf = (name: string): Packing | undefined => {
  if (name.endsWith(".csv")) return "none";
  if (name.endsWith(".csv.gz")) return "gzip";
  return name.endsWith(".csv.zst") ? "zstd" : undefined;
};

const NAMES = { gzip: "gzip", zstd: "Zstandard" } as const;

/** Blocks that come out of a packed file. */
const BLOCK_BYTES = 64 * 1024;

/** 8 MiB, which all levels up to 19 keep to. More would not fit the memory that a reader may take. */
const ZSTD_WINDOW_LOG_MAX = 23;

const unpacker = (packing: "gzip" | "zstd") =>
  packing === "gzip"
    ? createGunzip({ chunkSize: BLOCK_BYTES })
    : createZstdDecompress({
        chunkSize: BLOCK_BYTES,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
      });

async function* inflated(
  source: AsyncIterable<Uint8Array>,
  packing: "gzip" | "zstd",
): AsyncGenerator<Buffer> {
  const frames = packing === "zstd" ? new ZstdFrames() : undefined;
  const pieces = source[Symbol.asyncIterator]();
  let failure: { error: unknown } | undefined;
  const nextPiece = async (): Promise<Uint8Array | undefined> => {
    try {
      const { done, value } = await pieces.next();
      return done ? undefined : value;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  // An error of what unpacks is thrown into this generator too, at its `yield`.
  const watched = async function* () {
    try {
      for (let piece = await nextPiece(); piece !== undefined; piece = await nextPiece()) {
        if (frames) yield* frames.cut(piece);
        else yield piece;
      }
    } finally {
      await pieces.return?.();
    }
  };
  const stream = unpacker(packing);
  // The error comes out of the loop below.
  pipeline(Readable.from(watched(), { objectMode: false }), stream, () => undefined);
  try {
    for await (const bytes of stream) yield bytes as Buffer;
  } catch (cause) {
    if (failure) throw failure.error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CsvFileError(
      "UNPACKING_FAILED",
      `is no whole ${NAMES[packing]} file: ${reason}`,
      undefined,
      cause,
    );
  }
}

/**
 * The bytes of a file, unpacked as they are asked for, without the first `skippedBytes`. What cannot be unpacked,
 * a file that was cut off too, throws `UNPACKING_FAILED`. How much may come is for the reader to limit: no more
 * is unpacked than it takes. An error of the source itself comes through as it is.
 */
export async function* unpacked(
  source: AsyncIterable<Uint8Array>,
  packing: Packing,
  skippedBytes = 0,
): AsyncGenerator<Uint8Array> {
  let left = skippedBytes;
  for await (const bytes of packing === "none" ? source : inflated(source, packing)) {
    if (left >= bytes.length) left -= bytes.length;
    else {
      yield left > 0 ? bytes.subarray(left) : bytes;
      left = 0;
    }
  }
}
