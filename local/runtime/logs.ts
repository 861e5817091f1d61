import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";

export type Logs = {
  write(functionName: string, text: string | Buffer): void;
  close(): Promise<void>;
};

/** What functions print: to `<folder>/<function>.log`, and line by line to `echo` when it is given. */
export const openLogs = (folder: string, echo?: (line: string) => void): Logs => {
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
