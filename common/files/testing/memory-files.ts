import type { MultipartFiles } from "../multipart-files.ts";

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
      return `tag-${number}-${bytes.length}`;
    },
    finish: async (key, uploadId, tags) => {
      if (files.has(key)) return;
      const parts = partsOf(uploadId);
      files.set(key, Buffer.concat(tags.map((_, index) => parts.get(index + 1) ?? Buffer.from("?"))));
      uploads.delete(uploadId);
    },
    abort: async (_, uploadId) => void uploads.delete(uploadId),
  };
  return { files, uploads, made };
};
