import type { DatabaseSync } from "node:sqlite";
import type { ObjectFiles } from "./files.ts";
import { transactions } from "./schema.ts";
import { type ListedUpload, type Part, toPart, toUpload, type Upload } from "./stored.ts";

/** Where a list of uploads goes on: at a key, or after one (`place`: after that upload of the key). */
export type UploadPlace = { from: string } | { after: string; place?: number };

const prepare = (database: DatabaseSync) => ({
  add: database.prepare(
    "INSERT INTO uploads (id, bucket, key, headers, created, details) VALUES (?, ?, ?, ?, ?, ?)",
  ),
  get: database.prepare("SELECT *, rowid AS place FROM uploads WHERE id = ?"),
  from: database.prepare(
    `SELECT *, rowid AS place FROM uploads WHERE bucket = ? AND key >= ? AND key >= ? AND key > ?
     ORDER BY key, rowid LIMIT ?`,
  ),
  later: database.prepare(
    `SELECT *, rowid AS place FROM uploads WHERE bucket = ? AND key = ? AND rowid > ? ORDER BY rowid LIMIT ?`,
  ),
  ofBucket: database.prepare("SELECT id FROM uploads WHERE bucket = ?"),
  remove: database.prepare("DELETE FROM uploads WHERE id = ?"),
  savePart: database.prepare(
    "INSERT OR REPLACE INTO parts (upload, number, etag, size, details) VALUES (?, ?, ?, ?, ?)",
  ),
  parts: database.prepare("SELECT * FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?"),
  removeParts: database.prepare("DELETE FROM parts WHERE upload = ?"),
});

const PARTS_MAX = 10_000;

/** Uploads that are not finished, and their parts: each a file of its own. */
export const makeUploadStore = (database: DatabaseSync, files: ObjectFiles) => {
  const sql = prepare(database);
  const transaction = transactions(database);

  const remove = (id: string) => {
    transaction(() => {
      sql.remove.run(id);
      sql.removeParts.run(id);
    });
    files.removeParts(id);
  };

  return {
    add: ({ id, bucket, key, headers, created, ...details }: Upload) =>
      sql.add.run(id, bucket, key, JSON.stringify(headers), created, JSON.stringify(details)),
    get: (id: string): ListedUpload | undefined => {
      const row = sql.get.get(id);
      return row && toUpload(row);
    },
    list: (bucket: string, prefix: string, place: UploadPlace, limit: number): ListedUpload[] => {
      if ("from" in place) return sql.from.all(bucket, prefix, place.from, "", limit).map(toUpload);
      const later =
        place.place === undefined ? [] : sql.later.all(bucket, place.after, place.place, limit).map(toUpload);
      const rest = limit - later.length;
      return rest <= 0
        ? later
        : [...later, ...sql.from.all(bucket, prefix, "", place.after, rest).map(toUpload)];
    },
    /** A part that was put before under the same number is replaced. */
    savePart: (upload: string, { number, etag, size, ...details }: Part, incoming: string) =>
      transaction(() => {
        sql.savePart.run(upload, number, etag, size, JSON.stringify(details));
        files.move(incoming, files.part(upload, number));
      }),
    parts: (upload: string, after = 0, limit = PARTS_MAX): Part[] =>
      sql.parts.all(upload, after, limit).map(toPart),
    remove,
    removeOf: (bucket: string) => {
      for (const { id } of sql.ofBucket.all(bucket)) remove(String(id));
    },
  };
};
