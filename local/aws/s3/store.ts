import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SQLOutputValue } from "node:sqlite";
import { openDatabase } from "../port/database.ts";
import { openFolder } from "./files.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, created INTEGER NOT NULL, versioning TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL COLLATE BINARY, version TEXT NOT NULL, latest INTEGER NOT NULL,
    sequence INTEGER NOT NULL, marker INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified INTEGER NOT NULL, headers TEXT NOT NULL, tags TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (bucket, key, version)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS latest_objects ON objects (bucket, key) WHERE latest = 1;
  CREATE TABLE IF NOT EXISTS arriving (incoming TEXT PRIMARY KEY, object TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, created INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (upload, number)
  ) STRICT;
`;

export type StoredObject = {
  bucket: string;
  key: string;
  /** Empty in a bucket without versions. */
  version: string;
  marker: boolean;
  file: string;
  size: number;
  etag: string;
  modified: number;
  headers: Record<string, string>;
  tags: Record<string, string>;
};
export type Bucket = { name: string; created: number; versioning: string };
export type Upload = {
  id: string;
  bucket: string;
  key: string;
  headers: Record<string, string>;
  created: number;
};
export type Part = { number: number; etag: string; size: number };

type Row = Record<string, SQLOutputValue>;
const toObject = (row: Row): StoredObject => ({
  bucket: String(row.bucket),
  key: String(row.key),
  version: String(row.version),
  marker: row.marker === 1,
  file: String(row.file),
  size: Number(row.size),
  etag: String(row.etag),
  modified: Number(row.modified),
  headers: JSON.parse(String(row.headers)),
  tags: JSON.parse(String(row.tags)),
});
const toUpload = (row: Row): Upload => ({
  id: String(row.id),
  bucket: String(row.bucket),
  key: String(row.key),
  headers: JSON.parse(String(row.headers)),
  created: Number(row.created),
});

/** What is in the buckets: bytes in plain files, everything else in SQLite. */
export const openObjectStore = (root: string) => {
  const database = openDatabase(join(root, "objects.sqlite"), SCHEMA);
  const sql = {
    unlatest: database.prepare("UPDATE objects SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1"),
    save: database.prepare(
      `INSERT OR REPLACE INTO objects (bucket, key, version, latest, sequence, marker, file, size, etag, modified, headers, tags)
       VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    latest: database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ? AND latest = 1"),
    version: database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ? AND version = ?"),
    remove: database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ? AND version = ?"),
    promote: database.prepare(
      `UPDATE objects SET latest = 1 WHERE rowid = (
         SELECT rowid FROM objects WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1)`,
    ),
    list: database.prepare(
      `SELECT * FROM objects WHERE bucket = ? AND latest = 1 AND marker = 0 AND key >= ? AND key > ? ORDER BY key LIMIT ?`,
    ),
    versions: database.prepare(
      "SELECT * FROM objects WHERE bucket = ? AND key >= ? ORDER BY key, sequence DESC LIMIT ?",
    ),
    any: database.prepare("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1"),
    tag: database.prepare("UPDATE objects SET tags = ? WHERE bucket = ? AND key = ? AND version = ?"),
    arrive: database.prepare("INSERT INTO arriving VALUES (?, ?)"),
    arrived: database.prepare("DELETE FROM arriving WHERE incoming = ?"),
    parts: database.prepare("SELECT number, etag, size FROM parts WHERE upload = ? ORDER BY number"),
  };
  let sequence = Number(
    database.prepare("SELECT coalesce(max(sequence), 0) AS last FROM objects").get()?.last ?? 0,
  );

  const transaction = <T>(run: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = run();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };

  const record = (object: StoredObject) => {
    sequence += 1;
    sql.unlatest.run(object.bucket, object.key);
    sql.save.run(
      object.bucket,
      object.key,
      object.version,
      sequence,
      object.marker ? 1 : 0,
      object.file,
      object.size,
      object.etag,
      object.modified,
      JSON.stringify(object.headers),
      JSON.stringify(object.tags),
    );
  };

  // A kill between a file's arrival and its row: if the file was moved it is the object, else it never was.
  const arriving = database.prepare("SELECT * FROM arriving").all();
  for (const { incoming, object } of arriving) {
    if (!existsSync(String(incoming))) transaction(() => record(toObject(JSON.parse(String(object)))));
    sql.arrived.run(String(incoming));
  }
  const folder = openFolder(root);

  const get = (bucket: string, key: string, version?: string): StoredObject | undefined => {
    const row =
      version === undefined
        ? sql.latest.get(bucket, key)
        : sql.version.get(bucket, key, version === "null" ? "" : version);
    return row && toObject(row);
  };

  return {
    folder,
    get,
    /** Puts a received file in its place and makes it the object. */
    commit: (incoming: string, object: StoredObject) => {
      const before = sql.version.get(object.bucket, object.key, object.version);
      const asRow = {
        ...object,
        marker: 0,
        headers: JSON.stringify(object.headers),
        tags: JSON.stringify(object.tags),
      };
      sql.arrive.run(incoming, JSON.stringify(asRow));
      folder.place(incoming, object.file);
      transaction(() => {
        record(object);
        sql.arrived.run(incoming);
      });
      if (before && String(before.file) !== object.file) folder.remove(String(before.file));
    },
    mark: (marker: StoredObject) => transaction(() => record(marker)),
    remove: (object: StoredObject) => {
      transaction(() => {
        sql.remove.run(object.bucket, object.key, object.version);
        sql.promote.run(object.bucket, object.key);
      });
      if (!object.marker) folder.remove(object.file);
    },
    list: (bucket: string, from: string, after: string, limit: number): StoredObject[] =>
      sql.list.all(bucket, from, after, limit).map(toObject),
    versions: (bucket: string, from: string, limit: number) =>
      sql.versions.all(bucket, from, limit).map((row) => ({ ...toObject(row), latest: row.latest === 1 })),
    saveTags: ({ bucket, key, version }: StoredObject, tags: Record<string, string>) =>
      sql.tag.run(JSON.stringify(tags), bucket, key, version),
    isEmpty: (bucket: string) => sql.any.get(bucket) === undefined,
    buckets: (): Bucket[] =>
      database
        .prepare("SELECT * FROM buckets ORDER BY name")
        .all()
        .map((row) => ({
          name: String(row.name),
          created: Number(row.created),
          versioning: String(row.versioning),
        })),
    addBucket: (name: string, created: number) =>
      database.prepare("INSERT OR IGNORE INTO buckets (name, created) VALUES (?, ?)").run(name, created),
    setVersioning: (name: string, versioning: string) =>
      database.prepare("UPDATE buckets SET versioning = ? WHERE name = ?").run(versioning, name),
    removeBucket: (name: string) => database.prepare("DELETE FROM buckets WHERE name = ?").run(name),
    uploads: {
      add: ({ id, bucket, key, headers, created }: Upload) =>
        database
          .prepare("INSERT INTO uploads VALUES (?, ?, ?, ?, ?)")
          .run(id, bucket, key, JSON.stringify(headers), created),
      get: (id: string): Upload | undefined => {
        const row = database.prepare("SELECT * FROM uploads WHERE id = ?").get(id);
        return row && toUpload(row);
      },
      of: (bucket: string): Upload[] =>
        database.prepare("SELECT * FROM uploads WHERE bucket = ? ORDER BY key, id").all(bucket).map(toUpload),
      savePart: (upload: string, { number, etag, size }: Part) =>
        database.prepare("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)").run(upload, number, etag, size),
      parts: (upload: string): Part[] =>
        sql.parts
          .all(upload)
          .map((row) => ({ number: Number(row.number), etag: String(row.etag), size: Number(row.size) })),
      remove: (id: string) => {
        database.prepare("DELETE FROM uploads WHERE id = ?").run(id);
        database.prepare("DELETE FROM parts WHERE upload = ?").run(id);
      },
    },
    close: () => database.close(),
  };
};
export type ObjectStore = ReturnType<typeof openObjectStore>;
