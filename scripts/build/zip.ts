import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** The earliest date that a zip can hold; the same on every machine and in every time zone. */
const EPOCH = new Date(1980, 0, 1);

/** A zip of these files, byte for byte the same for the same bytes: fixed date, mode and order. */
export const zip = async (files: ReadonlyMap<string, Buffer>): Promise<Buffer> => {
  const archive = new ZipFile();
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    archive.addBuffer(bytes, name, {
      mtime: EPOCH,
      forceDosTimestamp: true,
      mode: 0o100644,
      compressionLevel: 9,
    });
  }
  archive.end();
  return buffer(archive.outputStream as unknown as AsyncIterable<Uint8Array>);
};

/** As Terraform's `source_code_hash` wants it. */
export const sha256Base64 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("base64");
