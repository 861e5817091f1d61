import type { DatabaseSync } from "node:sqlite";
import type { ObjectFiles } from "./files.ts";
import { transactions } from "./schema.ts";
import {
  type DeleteMarker,
  type ListedVersion,
  type Lock,
  type StoredObject,
  type StoredVersion,
  toVersion,
} from "./stored.ts";

/** Where a list goes on: at a key, or after an entry (`sequence`: after that version of the key). */
export type Place = { from: string } | { after: string; sequence?: number };

const prepare = (database: DatabaseSync) => ({
  unlatest: database.prepare("UPDATE objects SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1"),
  save: database.prepare(
    `INSERT OR REPLACE INTO objects
       (bucket, key, version, latest, sequence, marker, file, size, etag, modified, headers, tags, details)
     VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  latest: database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ? AND latest = 1"),
  version: database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ? AND version = ?"),
  remove: database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ? AND version = ?"),
  promote: database.prepare(
    `UPDATE objects SET latest = 1 WHERE rowid = (
       SELECT rowid FROM objects WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1)`,
  ),
  list: database.prepare(
    `SELECT * FROM objects WHERE bucket = ? AND latest = 1 AND marker = 0 AND key >= ? AND key >= ? AND key > ?
     ORDER BY key LIMIT ?`,
  ),
  versionsFrom: database.prepare(
    `SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key >= ? AND key > ? ORDER BY key, sequence DESC LIMIT ?`,
  ),
  olderVersions: database.prepare(
    "SELECT * FROM objects WHERE bucket = ? AND key = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
  ),
  any: database.prepare("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1"),
  tag: database.prepare("UPDATE objects SET tags = ? WHERE bucket = ? AND key = ? AND version = ?"),
  detail: database.prepare("UPDATE objects SET details = ? WHERE bucket = ? AND key = ? AND version = ?"),
  disturb: database.prepare("UPDATE uploads SET disturbed = 1 WHERE bucket = ? AND key = ?"),
  stale: database.prepare("INSERT OR IGNORE INTO stale_views VALUES (?, ?)"),
  fresh: database.prepare("DELETE FROM stale_views WHERE bucket = ? AND key = ?"),
});

const detailsOf = ({ checksum, parts, retention, legalHold }: StoredObject): string =>
  JSON.stringify({ checksum, parts, retention, legalHold });

/** Versions of objects: bytes in files, everything else in SQLite. */
export const makeObjectStore = (database: DatabaseSync, files: ObjectFiles) => {
  const sql = prepare(database);
  const transaction = transactions(database);
  const last = database.prepare("SELECT coalesce(max(sequence), 0) AS last FROM objects").get()?.last;
  let sequence = Number(last ?? 0);

  const get = (bucket: string, key: string, version?: string): ListedVersion | undefined => {
    const row = version === undefined ? sql.latest.get(bucket, key) : sql.version.get(bucket, key, version);
    return row && toVersion(row);
  };

  const refreshView = (bucket: string, key: string) => {
    const current = get(bucket, key);
    if (current && !current.marker) files.show(bucket, key, current.file);
    else files.hide(bucket, key);
    sql.fresh.run(bucket, key);
  };

  const touched = (bucket: string, key: string) => {
    sql.disturb.run(bucket, key);
    sql.stale.run(bucket, key);
  };

  const record = (version: StoredVersion, place: number) => {
    const { bucket, key, modified } = version;
    sql.unlatest.run(bucket, key);
    if (version.marker) {
      sql.save.run(bucket, key, version.version, place, 1, "", 0, "", modified, "{}", "{}", "{}");
    } else {
      const { file, size, etag, headers, tags } = version;
      sql.save.run(
        bucket,
        key,
        version.version,
        place,
        0,
        file,
        size,
        etag,
        modified,
        JSON.stringify(headers),
        JSON.stringify(tags),
        detailsOf(version),
      );
    }
    touched(bucket, key);
  };

  /** Makes it the current version. A version with the same id (the null version) is removed with its bytes. */
  const put = (version: StoredVersion, place: number, arrive: () => void) => {
    const before = get(version.bucket, version.key, version.version);
    transaction(() => {
      record(version, place);
      arrive();
    });
    if (before && !before.marker) files.remove(before.file);
    refreshView(version.bucket, version.key);
  };

  return {
    get,
    /** The place of the next version. */
    nextSequence: (): number => {
      sequence += 1;
      return sequence;
    },
    /** Puts a received file in its place and makes it the current version. */
    put: (object: StoredObject, place: number, incoming: string) =>
      put(object, place, () => files.move(incoming, object.file)),
    mark: (marker: DeleteMarker, place: number) => put(marker, place, () => {}),
    remove: (version: StoredVersion) => {
      const { bucket, key } = version;
      transaction(() => {
        sql.unlatest.run(bucket, key);
        sql.remove.run(bucket, key, version.version);
        sql.promote.run(bucket, key);
        touched(bucket, key);
      });
      if (!version.marker) files.remove(version.file);
      refreshView(bucket, key);
    },
    /** Current objects in the order of their keys' bytes, starting at the prefix. */
    list: (bucket: string, prefix: string, place: Place, limit: number): ListedVersion[] => {
      const [from, after] = "from" in place ? [place.from, ""] : ["", place.after];
      return sql.list.all(bucket, prefix, from, after, limit).map(toVersion);
    },
    /** All versions, those of a key from the latest to the oldest. */
    versions: (bucket: string, prefix: string, place: Place, limit: number): ListedVersion[] => {
      if ("from" in place) {
        return sql.versionsFrom.all(bucket, prefix, place.from, "", limit).map(toVersion);
      }
      const older =
        place.sequence === undefined
          ? []
          : sql.olderVersions.all(bucket, place.after, place.sequence, limit).map(toVersion);
      const rest = limit - older.length;
      return rest <= 0
        ? older
        : [...older, ...sql.versionsFrom.all(bucket, prefix, "", place.after, rest).map(toVersion)];
    },
    saveTags: ({ bucket, key, version }: StoredObject, tags: Record<string, string>) =>
      sql.tag.run(JSON.stringify(tags), bucket, key, version),
    saveLock: (object: StoredObject, lock: Lock) => {
      const { bucket, key, version } = object;
      const { retention: _, legalHold: __, ...rest } = object;
      sql.detail.run(detailsOf({ ...rest, ...lock }), bucket, key, version);
    },
    isEmpty: (bucket: string) => sql.any.get(bucket) === undefined,
    refreshView,
  };
};
