import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../port/database.ts";

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
  CREATE INDEX IF NOT EXISTS ordered_objects ON objects (bucket, key, sequence DESC);
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, created INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS uploads_of_keys ON uploads (bucket, key);
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (upload, number)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS stale_views (bucket TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (bucket, key)) STRICT;
  DROP TABLE IF EXISTS arriving;
`;

/** Columns that came later: data of an older platform does not have them. */
const LATER: readonly (readonly [table: string, column: string, definition: string])[] = [
  ["objects", "details", "TEXT NOT NULL DEFAULT '{}'"],
  ["uploads", "details", "TEXT NOT NULL DEFAULT '{}'"],
  ["uploads", "disturbed", "INTEGER NOT NULL DEFAULT 0"],
  ["parts", "details", "TEXT NOT NULL DEFAULT '{}'"],
];

export const openObjectDatabase = (file: string): DatabaseSync => {
  const database = openDatabase(file, SCHEMA);
  for (const [table, column, definition] of LATER) {
    const columns = database.prepare(`PRAGMA table_info(${table})`).all();
    if (!columns.some(({ name }) => name === column)) {
      database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition}`);
    }
  }
  return database;
};

export const transactions =
  (database: DatabaseSync) =>
  <T>(run: () => T): T => {
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
