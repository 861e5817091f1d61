import { createHash } from "node:crypto";
import { padded } from "#common/table/key-text.ts";
import type { Key } from "#common/table/table.ts";

/** Where everything of one import stands. */
export const importPartition = (importId: string): string => `import#${importId}`;

export const importKey = (importId: string): Key => ({ pk: importPartition(importId), sk: "import" });
export const countsKey = (importId: string): Key => ({ pk: importPartition(importId), sk: "counts" });
export const takeBackKey = (importId: string, number: number): Key => ({
  pk: importPartition(importId),
  sk: `takeBack#${padded(number)}`,
});

export const chunkKey = (importId: string, chunk: number): Key => ({
  pk: importPartition(importId),
  sk: `chunk#${padded(chunk)}`,
});

export const receiptKey = (importId: string, chunk: number, batch: number, round: number): Key => ({
  pk: importPartition(importId),
  sk: `receipt#${padded(chunk)}#${padded(batch)}#${padded(round)}`,
});

/** Bounds of the receipts of one chunk. */
export const receiptRange = (importId: string, chunk: number) => {
  const start = `receipt#${padded(chunk)}#`;
  return { pk: importPartition(importId), from: start, to: `${start}~` };
};

const organizationPartition = (organizationId: string): string => `${organizationId}#imports`;

export const lineKey = (organizationId: string, service: string): Key => ({
  pk: organizationPartition(organizationId),
  sk: `line#${service}`,
});

export const listKey = (organizationId: string, importId: string): Key => ({
  pk: organizationPartition(organizationId),
  sk: `import#${importId}`,
});

export const numberKey = (organizationId: string, service: string, number: number): Key => ({
  pk: organizationPartition(organizationId),
  sk: `number#${service}#${padded(number)}`,
});

/** Imports that have not ended, of all organizations: those that are watched. */
export const OPEN_PARTITION = "imports#open";
export const openKey = (importId: string): Key => ({ pk: OPEN_PARTITION, sk: importId });

const IN_IMPORTS = /^(?:import#[0-9a-f-]{36}|imports#open|[a-z0-9-]+#imports)$/;

/** Whether an item of this partition stands in the table `imports`, and not in the service's own. */
export const isInImports = (pk: string): boolean => IN_IMPORTS.test(pk);

/**
 * The id of an import that a delivered object starts: a UUIDv7 of the object's time, with the hash of bucket, key
 * and version in place of chance. A second notification names the same import, a second object another one.
 */
export const importIdOf = (bucket: string, key: string, versionId: string, timeMs: number): string => {
  const bytes = createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId]))
    .digest()
    .subarray(0, 16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Keys in the bucket. */
export const objectKeys = {
  chunk: (importId: string, chunk: number): string => `chunks/${importId}/${padded(chunk)}.ndjson.gz`,
  /** By the chunk too at which the slice before ended: of two chunkers at one slice each may end it elsewhere. */
  fingerprints: (importId: string, slice: number, chunk: number, part: number): string =>
    `chunks/${importId}/fingerprints/${slice}-${chunk}/${part}`,
  rejects: (importId: string, chunk: number): string => `rejects/${importId}/${padded(chunk)}.ndjson`,
  differences: (importId: string, chunk: number, hash: string): string =>
    `differences/${importId}/${padded(chunk)}-${hash}.ndjson`,
  report: (service: string, organizationId: string, importId: string): string =>
    `reports/${service}/${organizationId}/${importId}.json`,
};
