import type { DatabaseSync } from "node:sqlite";
import type { StreamRecord } from "../../seams.ts";
import { groupCommit } from "../port/database.ts";

export const FIREHOSE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY, stream TEXT NOT NULL, arrived INTEGER NOT NULL, part TEXT NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS outputs (
    id INTEGER PRIMARY KEY, stream TEXT NOT NULL, folder TEXT NOT NULL, failed INTEGER NOT NULL,
    added INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
`;

/** A record on disk. */
export type Stored = StreamRecord & { id: number; stream: string };

/** Lines on their way into one folder. */
export type Output = {
  id: number;
  stream: string;
  folder: string;
  failed: boolean;
  added: number;
  data: Buffer;
};

const bufferOf = (value: unknown): Buffer =>
  value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.alloc(0);

/** What the streams have taken and not yet delivered. */
export const openFirehoseStore = (database: DatabaseSync) => {
  const write = groupCommit(database);
  const insert = database.prepare("INSERT INTO records (stream, arrived, part, data) VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM records WHERE id = ?");
  const insertOutput = database.prepare(
    "INSERT INTO outputs (stream, folder, failed, added, data) VALUES (?, ?, ?, ?, ?)",
  );
  const removeOutput = database.prepare("DELETE FROM outputs WHERE id = ?");

  return {
    /** Resolves when they are on disk. */
    add: (stream: string, records: readonly StreamRecord[]): Promise<Stored[]> =>
      write(() =>
        records.map((record) => ({
          ...record,
          stream,
          id: Number(insert.run(stream, record.arrivedAt, record.recordId, record.data).lastInsertRowid),
        })),
      ),
    /** Puts outputs in the place of records, at once. */
    replace: (records: readonly Stored[], outputs: readonly Omit<Output, "id">[]): Promise<Output[]> =>
      write(() => {
        for (const { id } of records) remove.run(id);
        return outputs.map((output) => ({
          ...output,
          id: Number(
            insertOutput.run(output.stream, output.folder, output.failed ? 1 : 0, output.added, output.data)
              .lastInsertRowid,
          ),
        }));
      }),
    removeOutputs: (outputs: readonly Output[]): Promise<void> =>
      write(() => {
        for (const { id } of outputs) removeOutput.run(id);
      }),
    records: (): Stored[] =>
      database
        .prepare("SELECT * FROM records ORDER BY id")
        .all()
        .map((row) => ({
          id: Number(row.id),
          stream: String(row.stream),
          recordId: String(row.part),
          arrivedAt: Number(row.arrived),
          data: bufferOf(row.data),
        })),
    outputs: (): Output[] =>
      database
        .prepare("SELECT * FROM outputs ORDER BY id")
        .all()
        .map((row) => ({
          id: Number(row.id),
          stream: String(row.stream),
          folder: String(row.folder),
          failed: Number(row.failed) === 1,
          added: Number(row.added),
          data: bufferOf(row.data),
        })),
  };
};
export type FirehoseStore = ReturnType<typeof openFirehoseStore>;
