import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../port/database.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created INTEGER NOT NULL, internal INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL, visible INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT, source TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_in_order ON messages (queue, visible, id);
`;

/** Columns that came after the first version; data that a developer already has gets them when it is opened. */
const LATER_COLUMNS: readonly { table: string; name: string; definition: string }[] = [
  { table: "queues", name: "tags", definition: "TEXT NOT NULL DEFAULT '{}'" },
  { table: "messages", name: "system", definition: "TEXT" },
  /** Receives in the queues whose dead letter the message was. */
  { table: "messages", name: "carried", definition: "INTEGER NOT NULL DEFAULT 0" },
];

export const openQueueDatabase = (file: string): DatabaseSync => {
  const database = openDatabase(file, SCHEMA);
  for (const { table, name, definition } of LATER_COLUMNS) {
    const there = database.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, name);
    if (there === undefined) database.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${definition}`);
  }
  return database;
};
