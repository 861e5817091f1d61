import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { makeBucketStore } from "./bucket-store.ts";
import { type ObjectFiles, openFiles } from "./files.ts";
import { makeObjectStore } from "./object-store.ts";
import { openObjectDatabase, transactions } from "./schema.ts";
import { makeUploadStore } from "./upload-store.ts";

/**
 * An older platform kept the bytes of a key's current object only in the key's link. They get a file of their
 * own, because the next version replaces the link.
 */
const adoptShownFiles = (database: DatabaseSync, files: ObjectFiles) => {
  const old = database.prepare("SELECT rowid, bucket, key FROM objects WHERE file LIKE 'objects%'").all();
  if (old.length === 0) return;
  const rename = database.prepare("UPDATE objects SET file = ? WHERE rowid = ?");
  const remove = database.prepare("DELETE FROM objects WHERE rowid = ?");
  transactions(database)(() => {
    for (const { rowid, bucket, key } of old) {
      const name = files.newContent();
      if (files.adopt(String(bucket), String(key), name)) rename.run(name, Number(rowid));
      else remove.run(Number(rowid));
    }
  });
};

/** Files that no row names, because the put was killed before its row was written. */
const sweep = (database: DatabaseSync, files: ObjectFiles) => {
  const named = new Set(
    database
      .prepare("SELECT file FROM objects")
      .all()
      .map(({ file }) => file),
  );
  for (const file of files.contents()) if (!named.has(file)) files.remove(file);
  const uploads = new Set(
    database
      .prepare("SELECT id FROM uploads")
      .all()
      .map(({ id }) => id),
  );
  for (const upload of files.uploads()) if (!uploads.has(upload)) files.removeParts(upload);
};

/** What is in the buckets, as the last platform left it. */
export const openStore = (root: string) => {
  const database = openObjectDatabase(join(root, "objects.sqlite"));
  const files = openFiles(root);
  adoptShownFiles(database, files);
  sweep(database, files);
  const objects = makeObjectStore(database, files);
  for (const { bucket, key } of database.prepare("SELECT * FROM stale_views").all()) {
    objects.refreshView(String(bucket), String(key));
  }
  return {
    files,
    objects,
    uploads: makeUploadStore(database, files),
    buckets: makeBucketStore(database),
    close: () => database.close(),
  };
};
