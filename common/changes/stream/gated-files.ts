import type { ReadFile } from "../file/user-file.ts";
import type { UserKey } from "../file/user-key.ts";
import type { Version } from "../plan/fresh-versions.ts";
import { makeByteGate } from "./byte-gate.ts";
import type { Publisher } from "./publisher.ts";

/** What the files that are read at once may have together; a parsed file takes several times its bytes. */
const FILES_BYTES_MAX = 64 * 1024 * 1024;

type Read = (user: UserKey, version: Version) => Promise<ReadFile | undefined>;

/** Has users read their files as memory allows: what one has read counts until its work is done. */
export const gatedFiles = (read: Read, publisher: Pick<Publisher, "aside">, bytesMax = FILES_BYTES_MAX) => {
  const gate = makeByteGate(bytesMax);
  return async <T>(work: (read: Read) => Promise<T>): Promise<T> => {
    let held = 0;
    try {
      return await work(async (user, version) => {
        await publisher.aside(gate.enter(version.bytes, held));
        held += version.bytes;
        return read(user, version);
      });
    } finally {
      gate.leave(held);
    }
  };
};
