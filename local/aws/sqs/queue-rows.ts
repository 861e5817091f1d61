import type { DatabaseSync } from "node:sqlite";

export type QueueRow = {
  name: string;
  attributes: Record<string, string>;
  tags: Record<string, string>;
  created: number;
  internal: boolean;
};

/** The queues themselves on disk. */
export const queueRows = (database: DatabaseSync) => {
  const sql = {
    all: database.prepare("SELECT * FROM queues ORDER BY name"),
    save: database.prepare(
      "INSERT OR REPLACE INTO queues (name, attributes, tags, created, internal) VALUES (?, ?, ?, ?, ?)",
    ),
    remove: database.prepare("DELETE FROM queues WHERE name = ?"),
  };
  return {
    all: (): QueueRow[] =>
      sql.all.all().map((row) => ({
        name: String(row.name),
        attributes: JSON.parse(String(row.attributes)),
        tags: JSON.parse(String(row.tags)),
        created: Number(row.created),
        internal: row.internal === 1,
      })),
    save: ({ name, attributes, tags, created, internal }: QueueRow) => {
      sql.save.run(name, JSON.stringify(attributes), JSON.stringify(tags), created, internal ? 1 : 0);
    },
    remove: (name: string) => {
      sql.remove.run(name);
    },
  };
};
