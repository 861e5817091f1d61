import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartError } from "../aws/port/errors.ts";

/**
 * Keeps a second platform from using the same data. The operating system holds the lock on an SQLite file, so
 * that the lock ends with a process that was killed. The process id beside it is for people.
 */
export const lockFolder = (folder: string): (() => void) => {
  const idFile = join(folder, "platform.pid");
  const held = (): StartError => {
    let id = "";
    try {
      id = ` (process ${readFileSync(idFile, "utf8").trim()})`;
    } catch {
      // The other platform is just starting or just ending.
    }
    return new StartError(
      `Another platform${id} uses the data in ${folder}: stop it, or start this one with --data <another folder>.`,
    );
  };
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // An existing folder may be open to others, and it holds the issuer's keys and the organizations' data.
    chmodSync(folder, 0o700);
    database = new DatabaseSync(join(folder, "platform.lock"), { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    writeFileSync(idFile, `${process.pid}\n`);
  } catch (error) {
    database?.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw held();
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The data folder ${folder} cannot be used (${reason}): mend it, or start with --data <another folder>.`,
    );
  }
  const open = database;
  return () => {
    rmSync(idFile, { force: true });
    open.close();
  };
};

/** Removes everything but the issuer's keys, so that tokens stay good, and the lock itself. */
export const emptyFolder = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    if (!/^(issuer\.json|platform\.)/.test(name))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
};
