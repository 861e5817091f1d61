import { crc32 } from "node:zlib";
import type { MultipartFiles } from "../multipart-files.ts";

const checksumOf = (bytes: Uint8Array): string => String(crc32(bytes));

/** Files in memory, as S3 has them: parts by number, and the whole only once it is finished. */
export const memoryFiles = () => {
  const uploads = new Map<string, Map<number, Buffer>>();
  const files = new Map<string, Buffer>();
  const partsOf = (uploadId: string): Map<number, Buffer> => {
    const parts = uploads.get(uploadId);
    if (!parts) throw Object.assign(new Error("no such upload"), { name: "NoSuchUpload" });
    return parts;
  };
  const made: MultipartFiles = {
    begin: async () => {
      const uploadId = `upload-${uploads.size + 1}`;
      uploads.set(uploadId, new Map());
      return uploadId;
    },
    putPart: async (_, uploadId, number, bytes) => {
      partsOf(uploadId).set(number, Buffer.from(bytes));
      return { tag: `tag-${number}-${bytes.length}`, crc32: checksumOf(bytes) };
    },
    finish: async (key, uploadId, listed) => {
      if (files.has(key)) return;
      const parts = partsOf(uploadId);
      const bytes = listed.map(({ crc32: wanted }, index) => {
        const part = parts.get(index + 1);
        if (!part || checksumOf(part) !== wanted) throw new Error(`part ${index + 1} is not as it was put`);
        return part;
      });
      files.set(key, Buffer.concat(bytes));
      uploads.delete(uploadId);
    },
    abort: async (_, uploadId) => void uploads.delete(uploadId),
  };
  return { files, uploads, made };
};
