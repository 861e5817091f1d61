import { mkdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "./errors.ts";

const CHECKED_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Opens (or makes) one of the port's SQLite files. The mode is write-ahead log with `synchronous = NORMAL`: a
 * commit is handed to the operating system before a call is answered, so killing the process loses nothing.
 * Only a power cut may lose the last commits; FULL would prevent that at a tenth of the speed.
 */
export const openDatabase = (file: string, schema: string): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true });
  try {
    const database = new DatabaseSync(file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000;");
    database.exec(schema);
    // This reads every page, which takes milliseconds at these sizes.
    if (statSync(file).size < CHECKED_BYTES_MAX) {
      const check = database.prepare("PRAGMA quick_check(1)").get();
      if (check?.quick_check !== "ok") throw new Error(String(check?.quick_check));
    }
    return database;
  } catch (error) {
    throw new StartError(
      `The local data in ${basename(dirname(file))}/${basename(file)} is damaged (${error instanceof Error ? error.message : String(error)}); \`npm start -- --fresh\` starts empty.`,
      { cause: error },
    );
  }
};

/**
 * Runs the writes of one tick in one transaction: thousands of concurrent sends cost a handful of commits. A
 * write must check before it changes anything, because the other writes of its transaction stay when it throws.
 */
export const groupCommit = (database: DatabaseSync) => {
  let waiting: { write: () => void; failed: (error: unknown) => void; committed: () => void }[] = [];

  const commit = () => {
    const group = waiting;
    waiting = [];
    const succeeded: (() => void)[] = [];
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const { write, failed, committed } of group) {
        try {
          write();
          succeeded.push(committed);
        } catch (error) {
          failed(error);
        }
      }
      database.exec("COMMIT");
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
      for (const { failed } of group) failed(error);
      return;
    }
    for (const committed of succeeded) committed();
  };

  return <T>(write: () => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      let result: { value: T } | undefined;
      waiting.push({
        write: () => {
          result = { value: write() };
        },
        committed: () => {
          if (result) resolve(result.value);
        },
        failed: reject,
      });
      if (waiting.length === 1) setImmediate(commit);
    });
};
