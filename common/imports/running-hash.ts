import { createSHA256 } from "hash-wasm";

/** A SHA-256 that can be stored half-way and gone on with in another process, which Node's own cannot. */
export type RunningHash = {
  update(bytes: Uint8Array): void;
  save(): string;
  /** Lower-case hex. Nothing can be added after it. */
  digest(): string;
};

/** Begins a hash, or goes on with one that was saved. */
export const startHash = async (saved?: string): Promise<RunningHash> => {
  const hasher = await createSHA256();
  hasher.init();
  if (saved !== undefined) hasher.load(Buffer.from(saved, "base64"));
  return {
    update: (bytes) => void hasher.update(bytes),
    save: () => Buffer.from(hasher.save()).toString("base64"),
    digest: () => hasher.digest("hex"),
  };
};
