import type { ImportBucket } from "../ledger.ts";

/** The bucket in memory: each put of a key is a version, and any version can be read until it is removed. */
export const memoryImportBucket = (name = "delivery") => {
  const versions = new Map<string, Uint8Array[]>();
  const bucket: ImportBucket = {
    name,
    read: async ({ key, versionId }, fromByte = 0) => {
      const bytes = versions.get(key)?.[Number(versionId ?? 0)];
      if (!bytes) return undefined;
      return (async function* () {
        // In small pieces, so that rows are cut anywhere.
        for (let at = fromByte; at < bytes.length; at += 701) yield bytes.subarray(at, at + 701);
      })();
    },
    get: async (key) => versions.get(key)?.at(-1),
    put: async (key, bytes) => {
      versions.set(key, [...(versions.get(key) ?? []), Uint8Array.from(bytes)]);
    },
  };
  return { bucket, versions };
};
