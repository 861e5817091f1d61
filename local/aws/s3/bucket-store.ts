import type { DatabaseSync } from "node:sqlite";
import { type Bucket, toBucket } from "./stored.ts";

/** The buckets. They are in memory too, because every call reads one. */
export const makeBucketStore = (database: DatabaseSync) => {
  const save = database.prepare(
    "INSERT OR REPLACE INTO buckets (name, created, versioning, settings) VALUES (?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM buckets WHERE name = ?");
  const buckets = new Map(
    database
      .prepare("SELECT * FROM buckets")
      .all()
      .map(toBucket)
      .map((bucket) => [bucket.name, bucket]),
  );
  return {
    get: (name: string): Bucket | undefined => buckets.get(name),
    /** By name. */
    all: (): Bucket[] => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    save: (bucket: Bucket): void => {
      const { name, created, versioning, ...settings } = bucket;
      save.run(name, created, versioning, JSON.stringify(settings));
      buckets.set(name, bucket);
    },
    remove: (name: string): void => {
      remove.run(name);
      buckets.delete(name);
    },
  };
};
