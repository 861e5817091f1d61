import { randomUUID } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  type WriteStream,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pathsIn } from "./paths.ts";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * The bytes of objects. Each version has a file of its own in `other/`, which never changes. The current
 * version of a key also has a hard link, `objects/<bucket>/<key>`, so that a query engine can read a bucket as
 * a folder. Keys that a file system cannot represent in this way (`a` beside `a/b`, empty segments, long names)
 * have no link.
 */
export const openFiles = (root: string) => {
  const paths = pathsIn(root);
  const shown = join(root, "objects");
  rmSync(join(root, "incoming"), { recursive: true, force: true });
  for (const folder of ["objects", "other", "parts", "incoming"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }

  /** Whether the path is no folder, and none of its own folders is a file. */
  const isFree = (path: string): boolean => {
    if (isFolder(path)) return false;
    for (let folder = dirname(path); folder !== shown; folder = dirname(folder)) {
      if (isFile(folder)) return false;
    }
    return true;
  };

  const incoming = (): string => `incoming/${randomUUID()}`;

  return {
    incoming,
    newContent: (): string => `other/${randomUUID()}`,
    part: (upload: string, number: number): string => `parts/${upload}/${number}`,
    write: (name: string): WriteStream => createWriteStream(paths.ofFile(name)),
    /** Opens the file at once, so that its bytes can be read to the end even if it is removed meanwhile. */
    read: (name: string, range?: { start: number; end: number }): Readable =>
      createReadStream("", { fd: openSync(paths.ofFile(name), "r"), ...range }),
    /** A file that is none of the store's, such as a query's result, to be taken in. */
    readForeign: (path: string): Readable => createReadStream(path),
    /** Where a stored file lies, for an engine that reads files itself. */
    pathOf: (name: string): string => paths.ofFile(name),
    /** The folder that shows a bucket's current objects under their keys. */
    folderOf: (bucket: string): string => join(shown, bucket),
    move: (from: string, to: string): void => {
      mkdirSync(dirname(paths.ofFile(to)), { recursive: true });
      renameSync(paths.ofFile(from), paths.ofFile(to));
    },
    remove: (name: string): void => rmSync(paths.ofFile(name), { force: true }),
    removeParts: (upload: string): void =>
      rmSync(paths.ofFile(`parts/${upload}`), { recursive: true, force: true }),
    /** Links a file under the key, in place of an earlier link. */
    show: (bucket: string, key: string, name: string): void => {
      const path = paths.ofKey(bucket, key);
      if (path === undefined || !isFree(path)) return;
      const link = paths.ofFile(incoming());
      linkSync(paths.ofFile(name), link);
      mkdirSync(dirname(path), { recursive: true });
      renameSync(link, path);
    },
    /** Removes the key's link, and the folders that this leaves empty. */
    hide: (bucket: string, key: string): void => {
      const path = paths.ofKey(bucket, key);
      if (path === undefined || !isFile(path)) return;
      rmSync(path, { force: true });
      for (let folder = dirname(path); dirname(folder) !== shown; folder = dirname(folder)) {
        try {
          rmdirSync(folder);
        } catch {
          return;
        }
      }
    },
    /** Uses the link of a key as content, for data of an older platform, which kept it only there. */
    adopt: (bucket: string, key: string, name: string): boolean => {
      const path = paths.ofKey(bucket, key);
      if (path === undefined || !isFile(path)) return false;
      linkSync(path, paths.ofFile(name));
      return true;
    },
    contents: (): string[] =>
      readdirSync(join(root, "other"))
        .map((name) => `other/${name}`)
        .filter(paths.isFile),
    uploads: (): string[] => readdirSync(join(root, "parts")).filter((name) => paths.isFile(`parts/${name}`)),
  };
};
export type ObjectFiles = ReturnType<typeof openFiles>;
