import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CsvFileError } from "./faults.ts";
import { CsvReader } from "./reader.ts";
import { MOVEMENTS, NOW_MS } from "./testing/movements.ts";
import { piecesOf } from "./testing/read-all.ts";
import { type Packing, packingOf, unpacked } from "./unpack.ts";

const TEXT = Buffer.from("accountId,postedAt\n".repeat(10_000));

async function* source(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  // A piece of its own each: what unpacks keeps them.
  for (const piece of piecesOf(bytes, size)) yield Buffer.from(piece);
}

const unpack = async (bytes: Uint8Array, packing: Packing, skipped = 0): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(unpacked(source(bytes), packing, skipped)));

const failure = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CsvFileError)) throw new Error(`no fault of the file: ${error}`);
  return error.code;
};

describe("a packed file", () => {
  it.each([
    ["gzip", gzipSync(TEXT)],
    ["gzip", Buffer.concat([gzipSync(TEXT.subarray(0, 700)), gzipSync(TEXT.subarray(700))])],
    ["zstd", zstdCompressSync(TEXT)],
    ["zstd", Buffer.concat([zstdCompressSync(TEXT.subarray(0, 700)), zstdCompressSync(TEXT.subarray(700))])],
    [
      "zstd",
      Buffer.concat([
        zstdCompressSync(TEXT.subarray(0, 700), { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
        // A frame that decompressors pass over.
        Buffer.from("502a4d1803000000616263", "hex"),
        zstdCompressSync(Buffer.alloc(0)),
        zstdCompressSync(TEXT.subarray(700), { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      ]),
    ],
    ["none", TEXT],
  ] as const)(
    "of %s comes out whole, also in several members, and from any byte on",
    async (packing, bytes) => {
      expect((await unpack(bytes, packing)).equals(TEXT)).toBe(true);
      for (const from of [1, 699, 70_000, TEXT.length]) {
        expect((await unpack(bytes, packing, from)).equals(TEXT.subarray(from))).toBe(true);
      }
    },
  );

  it.each([
    ["gzip", gzipSync(TEXT).subarray(0, -1)],
    ["gzip", gzipSync(TEXT).subarray(0, 100)],
    ["gzip", TEXT],
    ["gzip", Buffer.concat([gzipSync(TEXT), Buffer.from("accountId")])],
    ["zstd", zstdCompressSync(TEXT).subarray(0, -1)],
    ["zstd", zstdCompressSync(TEXT).subarray(0, 20)],
    ["zstd", TEXT],
    ["zstd", Buffer.concat([zstdCompressSync(TEXT), Buffer.from("accountId")])],
    [
      "zstd",
      zstdCompressSync(Buffer.alloc(30_000_000, "a"), { params: { [constants.ZSTD_c_windowLog]: 24 } }),
    ],
  ] as const)("of %s that is cut off, damaged or asks for too much memory fails", async (packing, bytes) => {
    expect(await failure(unpack(bytes, packing))).toBe("UNPACKING_FAILED");
  });

  it("that unpacks to more than a file may have is left off there", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, "accountId,postedAt,amount,description,type\n"));
    let taken = 0;
    const reader = new CsvReader(
      { ...MOVEMENTS, limits: { ...MOVEMENTS.limits, fileBytes: 1_000_000 } },
      { nowMs: NOW_MS },
    );
    const reading = async () => {
      for await (const piece of unpacked(source(bomb), "gzip")) {
        taken += piece.length;
        reader.push(piece);
      }
    };

    expect(await failure(reading())).toBe("FILE_TOO_LARGE");
    expect(taken).toBeLessThan(1_100_000);
  });

  it("whose source fails ends in the error of the source", async () => {
    const failing = async function* () {
      yield gzipSync(TEXT).subarray(0, 50);
      throw new TypeError("the connection was lost");
    };

    await expect(Array.fromAsync(unpacked(failing(), "gzip"))).rejects.toThrow(TypeError);
  });

  it.each([
    ["night.csv", "none"],
    ["night.csv.gz", "gzip"],
    ["night.csv.zst", "zstd"],
    ["night.csv.zip", undefined],
    ["night.CSV", undefined],
  ])("is known by its name (%s)", (name, packing) => {
    expect(packingOf(name)).toBe(packing);
  });
});
