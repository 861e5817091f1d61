import type { SQLOutputValue } from "node:sqlite";
import type { Algorithm, Checksum, ChecksumType } from "./checksums.ts";

export type LockMode = "GOVERNANCE" | "COMPLIANCE";
/** Until when (Unix milliseconds) a version may not be removed. */
export type Retention = { mode: LockMode; until: number };
export type Lock = { retention?: Retention; legalHold?: "ON" | "OFF" };

export type DefaultRetention = { mode: LockMode; days: number } | { mode: LockMode; years: number };
export type Bucket = {
  name: string;
  created: number;
  /** Empty: never switched on. */
  versioning: "" | "Enabled" | "Suspended";
  objectLock?: { default?: DefaultRetention };
};

/** A part of the upload that the object was put together from. */
export type ObjectPart = { number: number; size: number; checksum?: string };

type Common = {
  bucket: string;
  key: string;
  /** Empty: the null version. */
  version: string;
  modified: number;
};
export type DeleteMarker = Common & { marker: true };
export type StoredObject = Common & {
  marker: false;
  file: string;
  size: number;
  etag: string;
  headers: Record<string, string>;
  tags: Record<string, string>;
  checksum?: Checksum;
  parts?: ObjectPart[];
} & Lock;
export type StoredVersion = StoredObject | DeleteMarker;
/** A version and its place: a later one has a greater sequence. */
export type ListedVersion = StoredVersion & { sequence: number; latest: boolean };

export type Upload = {
  id: string;
  bucket: string;
  key: string;
  headers: Record<string, string>;
  tags: Record<string, string>;
  created: number;
  checksum?: { algorithm: Algorithm; type: ChecksumType };
  /** What the object is to be locked with. */
  lock: Lock;
};
/** `place` grows with the time at which the upload began; `disturbed`: its key changed since. */
export type ListedUpload = Upload & { place: number; disturbed: boolean };
export type Part = { number: number; etag: string; size: number; modified: number; checksum?: string };

export type Row = Record<string, SQLOutputValue>;

export const toVersion = (row: Row): ListedVersion => {
  const common = {
    bucket: String(row.bucket),
    key: String(row.key),
    version: String(row.version),
    modified: Number(row.modified),
    sequence: Number(row.sequence),
    latest: row.latest === 1,
  };
  if (row.marker === 1) return { ...common, marker: true };
  return {
    ...common,
    marker: false,
    file: String(row.file),
    size: Number(row.size),
    etag: String(row.etag),
    headers: JSON.parse(String(row.headers)),
    tags: JSON.parse(String(row.tags)),
    ...JSON.parse(String(row.details)),
  };
};

export const toUpload = (row: Row): ListedUpload => ({
  id: String(row.id),
  bucket: String(row.bucket),
  key: String(row.key),
  headers: JSON.parse(String(row.headers)),
  created: Number(row.created),
  tags: {},
  lock: {},
  ...JSON.parse(String(row.details)),
  place: Number(row.place),
  disturbed: row.disturbed === 1,
});

export const toPart = (row: Row): Part => ({
  number: Number(row.number),
  etag: String(row.etag),
  size: Number(row.size),
  modified: 0,
  ...JSON.parse(String(row.details)),
});

export const toBucket = (row: Row): Bucket => {
  const versioning = String(row.versioning);
  return {
    name: String(row.name),
    created: Number(row.created),
    versioning: versioning === "Enabled" || versioning === "Suspended" ? versioning : "",
    ...JSON.parse(String(row.settings)),
  };
};

/** The id by which callers know a version. */
export const versionIdOf = ({ version }: Pick<Common, "version">): string => version || "null";
