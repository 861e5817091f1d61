import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { s3 } from "#common/aws/s3.ts";

/** Objects under `errors/`, line by line; an object may be larger than the memory. */
export type ErrorFiles = {
  /** Undefined when the object is gone: it was worked off before. */
  open(key: string): Promise<{ modifiedMs: number; lines: AsyncIterable<string> } | undefined>;
  remove(key: string): Promise<void>;
};

/** The body's text; packed ones are unpacked, because AWS does not document which kinds of error are. */
const unpacked = async (body: Readable): Promise<Readable> => {
  const through = body.pipe(new PassThrough());
  body.once("error", (error) => through.destroy(error));
  await once(through, "readable");
  const first: Buffer | null = through.read();
  if (first === null) return through;
  through.unshift(first);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return through;
  const gunzip = createGunzip();
  through.once("error", (error) => gunzip.destroy(error));
  return through.pipe(gunzip);
};

async function* linesOf(body: Readable): AsyncGenerator<string> {
  const input = await unpacked(body);
  // A failure of the input must end the loop, which readline alone does not see to.
  const failed = once(input, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done) return;
    yield next.value;
  }
}

export const errorBucket = (Bucket: string): ErrorFiles => ({
  open: async (Key) => {
    try {
      const { Body, LastModified } = await s3().send(new GetObjectCommand({ Bucket, Key }));
      if (!Body) return undefined;
      return { modifiedMs: LastModified?.getTime() ?? Date.now(), lines: linesOf(Body as Readable) };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  remove: async (Key) => {
    await s3().send(new DeleteObjectCommand({ Bucket, Key }));
  },
});
