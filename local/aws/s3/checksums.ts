import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";

export const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";
/** The text in answers: base64, followed by the number of parts if the checksum is composite. */
export type Checksum = { algorithm: Algorithm; type: ChecksumType; value: string };

const BYTES: Readonly<Record<Algorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export const algorithmOf = (name: string): Algorithm | undefined =>
  ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());

export const checksumHeader = (algorithm: Algorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;
/** `ChecksumCRC32` in documents. */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm}`;

/** Canonical base64 of as many bytes as the algorithm makes. */
export const isChecksum = (algorithm: Algorithm, value: string): boolean => {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === BYTES[algorithm] && bytes.toString("base64") === value;
};

/** The default when an upload names no type. */
export const defaultType = (algorithm: Algorithm): ChecksumType =>
  algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";

export const isPossible = (algorithm: Algorithm, type: ChecksumType): boolean =>
  type === "FULL_OBJECT" ? !algorithm.startsWith("SHA") : algorithm !== "CRC64NVME";

const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The table of CRC-64/NVME in halves of 32 bits, because arithmetic on 64 would need BigInt for each byte. */
const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;
const CRC64_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ CRC64_POLYNOMIAL : crc >> 1n;
  return crc;
});
const CRC64_HIGH = Uint32Array.from(CRC64_TABLE, (crc) => Number(crc >> 32n));
const CRC64_LOW = Uint32Array.from(CRC64_TABLE, (crc) => Number(crc & 0xffff_ffffn));

export type Digest = { update(bytes: Uint8Array): void; value(): string };

const ofHash = (hash: Hash): Digest => ({
  update: (bytes) => void hash.update(bytes),
  value: () => hash.digest("base64"),
});

const wordOf = (word: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(word >>> 0);
  return bytes;
};

const crc32Digest = (): Digest => {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = crc32(bytes, crc);
    },
    value: () => wordOf(crc).toString("base64"),
  };
};

const crc32cDigest = (): Digest => {
  let crc = 0xffff_ffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0);
    },
    value: () => wordOf(~crc).toString("base64"),
  };
};

const crc64Digest = (): Digest => {
  let high = 0xffff_ffff;
  let low = 0xffff_ffff;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[index] ?? 0);
        high = (high >>> 8) ^ (CRC64_HIGH[index] ?? 0);
      }
    },
    value: () => Buffer.concat([wordOf(~high), wordOf(~low)]).toString("base64"),
  };
};

export const digestOf = (algorithm: Algorithm): Digest => {
  switch (algorithm) {
    case "CRC32":
      return crc32Digest();
    case "CRC32C":
      return crc32cDigest();
    case "CRC64NVME":
      return crc64Digest();
    default:
      return ofHash(createHash(algorithm.toLowerCase()));
  }
};

/** The checksum of checksums of an upload's parts. */
export const compositeOf = (algorithm: Algorithm, parts: readonly string[]): string => {
  const digest = digestOf(algorithm);
  digest.update(Buffer.concat(parts.map((value) => Buffer.from(value, "base64"))));
  return `${digest.value()}-${parts.length}`;
};

export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
