import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { AwsError } from "../port/errors.ts";

const SEGMENT_BYTES_MAX = 200;
const PATH_BYTES_MAX = 900;

/** Refuses a key that, as a path, would leave its bucket. */
export const checkKey = (key: string): void => {
  if (key === "" || Buffer.byteLength(key) > 1024) {
    throw new AwsError("KeyTooLongError", "Your key is too long");
  }
  let depth = 0;
  for (const segment of key.split("/")) {
    depth += segment === ".." ? -1 : segment === "." || segment === "" ? 0 : 1;
    if (depth < 0) throw new AwsError("InvalidURI", "Couldn't parse the specified URI.");
  }
};

const isPlain = (key: string): boolean =>
  !key.includes("\0") &&
  !key.includes("\\") &&
  Buffer.byteLength(key) <= PATH_BYTES_MAX &&
  key
    .split("/")
    .every(
      (segment) =>
        segment !== "" &&
        segment !== "." &&
        segment !== ".." &&
        Buffer.byteLength(segment) <= SEGMENT_BYTES_MAX,
    );

/** Names differ only in case on some file systems: those would share a file. */
const hasUpperCase = (key: string): boolean => process.platform !== "linux" && key !== key.toLowerCase();

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * Where objects lie: `objects/<bucket>/<key>` as plain files, so that a query engine can read a bucket as
 * a folder; what a file system cannot name (`a` beside `a/b`, empty segments, long names, versions) lies
 * under a digest in `other/`.
 */
export const openFolder = (root: string) => {
  const temporary = join(root, "incoming");
  rmSync(temporary, { recursive: true, force: true });
  for (const folder of ["objects", "other", "parts"]) mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(temporary, { recursive: true });

  const other = (bucket: string, key: string, version: string) =>
    join("other", createHash("sha256").update(`${bucket}/${key}/${version}`).digest("hex"));

  const isFree = (bucket: string, key: string): boolean => {
    const segments = key.split("/");
    const parents = segments
      .slice(0, -1)
      .map((_, index) => join(root, "objects", bucket, ...segments.slice(0, index + 1)));
    return !isFolder(join(root, "objects", bucket, key)) && !parents.some(isFile);
  };

  return {
    at: (file: string) => join(root, file),
    incoming: (name: string) => join(temporary, name),
    /** The file for an object, relative to the folder. */
    choose: (bucket: string, key: string, version: string | undefined): string =>
      version === undefined && isPlain(key) && !hasUpperCase(key) && isFree(bucket, key)
        ? join("objects", bucket, key)
        : other(bucket, key, version ?? ""),
    place: (from: string, file: string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      renameSync(from, join(root, file));
    },
    /** Removes a file and the folders that it leaves empty. */
    remove: (file: string) => {
      rmSync(join(root, file), { force: true });
      if (!file.startsWith("objects")) return;
      for (
        let folder = dirname(file);
        dirname(folder) !== "objects" && folder !== "objects";
        folder = dirname(folder)
      ) {
        try {
          rmdirSync(join(root, folder));
        } catch {
          return;
        }
      }
    },
  };
};
