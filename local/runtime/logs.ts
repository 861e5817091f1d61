import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";

export type Logs = {
  write(functionName: string, text: string | Buffer): void;
  close(): Promise<void>;
};

export type LogsOptions = {
  /** Gets what is printed line by line. */
  echo?: ((line: string) => void) | undefined;
  /** Gets it as it comes. */
  onOutput?: (functionName: string, text: string) => void;
};

/** What functions print: to `<folder>/<function>.log`, and to those that listen. */
export const openLogs = (folder: string, { echo, onOutput }: LogsOptions = {}): Logs => {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  const fileOf = (name: string): WriteStream => {
    const open = files.get(name);
    if (open !== undefined) return open;
    const file = createWriteStream(join(folder, `${name}.log`), { flags: "a" });
    // A full disk or a folder that went away must not end the platform.
    file.on("error", () => files.delete(name));
    files.set(name, file);
    return file;
  };
  return {
    write: (name, text) => {
      fileOf(name).write(text);
      onOutput?.(name, String(text));
      if (echo === undefined) return;
      for (const line of String(text).split("\n")) if (line !== "") echo(`${name} | ${line}`);
    },
    close: async () => {
      const open = [...files.values()];
      files.clear();
      await Promise.all(
        open.map((file) => new Promise<void>((done) => (file.errored ? done() : file.end(() => done())))),
      );
    },
  };
};
