import { join } from "node:path";

const SEGMENT_BYTES_MAX = 200;
const PATH_BYTES_MAX = 900;

export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Every name that a file of the store can have. Each name is made here, and none contains a part of a key. */
const FILE_NAMES = [
  /^incoming\/[0-9a-f-]{36}$/,
  /^other\/[0-9a-f-]{36}$/,
  /^other\/[0-9a-f]{64}$/,
  /^parts\/[0-9a-f]{32}$/,
  /^parts\/[0-9a-f]{32}\/[1-9][0-9]{0,4}$/,
];

const isFile = (name: string): boolean => FILE_NAMES.some((pattern) => pattern.test(name));

const isPlain = (segment: string): boolean =>
  segment !== "" &&
  segment !== "." &&
  segment !== ".." &&
  !/[\0\\]/.test(segment) &&
  Buffer.byteLength(segment) <= SEGMENT_BYTES_MAX;

/** Names differ only in case on some file systems: those would share a file. */
const hasUpperCase = (key: string): boolean => process.platform !== "linux" && key !== key.toLowerCase();

/**
 * The only way from a name or a key to a path. A path that it returns lies inside one of the store's
 * folders and is none of these folders itself, whatever the key holds.
 */
export const pathsIn = (root: string) => ({
  isFile,
  /** Throws for anything that is no file name, such as an empty text. */
  ofFile: (name: string): string => {
    if (!isFile(name)) throw new Error(`not the name of a stored file: ${JSON.stringify(name)}`);
    return join(root, name);
  },
  /** Where an object is shown under its key; undefined if a file system cannot show it there. */
  ofKey: (bucket: string, key: string): string | undefined => {
    const segments = key.split("/");
    const fits = Buffer.byteLength(key) <= PATH_BYTES_MAX && !hasUpperCase(key) && segments.every(isPlain);
    return BUCKET_NAME.test(bucket) && fits ? join(root, "objects", bucket, ...segments) : undefined;
  },
});
