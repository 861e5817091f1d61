import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LOCK_STALE_MS = 10_000;
const LOCK_WAIT_MS = 15_000;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

const take = async (lock: string): Promise<void> => {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST" || Date.now() > deadline) throw error;
    }
    const since = await stat(lock).catch(() => undefined);
    // The process that held the lock was killed, because no change of this file takes ten seconds.
    if (since !== undefined && Date.now() - since.mtimeMs > LOCK_STALE_MS) await rm(lock, { force: true });
    await sleep(10);
  }
};

/** The text of the file; undefined when there is none. */
export const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/**
 * Replaces a file that only its owner may read by the result of `change`, one process at a time. A reader
 * meanwhile sees the old text or the new one, never a part.
 */
export const changeFile = async (
  path: string,
  change: (text: string | undefined) => Promise<string> | string,
): Promise<string> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  await take(lock);
  try {
    const text = await change(await readIfThere(path));
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
    return text;
  } finally {
    await rm(lock, { force: true });
  }
};
