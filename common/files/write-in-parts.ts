import type { FilePart, MultipartFiles } from "./multipart-files.ts";

/** Parts that are in the file already, and where to go on. */
export type PartsWritten<Position> = {
  uploadId: string;
  parts: FilePart[];
  rows: number;
  after?: Position;
  /** All parts are there; only the putting together is left. */
  whole?: true;
};

export type RowsBatch<Position> = { text: string; rows: number; after: Position };

export type WriteInPartsOptions<Position> = {
  files: Pick<MultipartFiles, "putPart">;
  key: string;
  /** Where an earlier attempt came to, or what `begin` answered with no parts and no rows. */
  start: PartsWritten<Position>;
  /** What stands before the first row. */
  head: string;
  /** Rows behind `start.after`, whole, in batches. */
  batches: AsyncIterable<RowsBatch<Position>>;
  checkpoint: (written: PartsWritten<Position>) => Promise<void>;
  /** Bytes of a part; S3 wants 5 MiB at least of all but the last. */
  partBytes?: number;
};

const PART_BYTES = 8 * 1_048_576;

/** S3's own limit: 80 GB in parts of 8 MiB. */
const PARTS_MAX = 10_000;

/**
 * Writes rows to a file in parts: one part is in memory, and one on its way. A part ends with a whole
 * batch, and each that is in the file is a checkpoint, so that the next attempt goes on behind its last
 * row and puts a part that was lost half-way once more under the same number. Answers when all parts are
 * there; an error of the batches is thrown after the part on its way is a checkpoint.
 */
export const writeInParts = async <Position>({
  files,
  key,
  start,
  head,
  batches,
  checkpoint,
  partBytes = PART_BYTES,
}: WriteInPartsOptions<Position>): Promise<PartsWritten<Position>> => {
  let written = start;
  let texts = start.parts.length === 0 ? [head] : [];
  let bytes = Buffer.byteLength(texts.join(""));
  let { rows, after } = start;
  let onItsWay: Promise<void> = Promise.resolve();

  const put = (whole: boolean): void => {
    const body = Buffer.from(texts.join(""));
    const number = written.parts.length + 1;
    const state = {
      rows,
      ...(after === undefined ? {} : { after }),
      ...(whole ? { whole: true as const } : {}),
    };
    texts = [];
    bytes = 0;
    onItsWay = (async () => {
      if (number > PARTS_MAX) throw new Error(`more than ${PARTS_MAX} parts`);
      const part = await files.putPart(key, written.uploadId, number, body);
      written = { ...written, ...state, parts: [...written.parts, part] };
      await checkpoint(written);
    })();
    // Awaited before the next part and at the end; this handler only avoids an unhandledRejection until then.
    onItsWay.catch(() => {});
  };

  try {
    for await (const batch of batches) {
      texts.push(batch.text);
      bytes += Buffer.byteLength(batch.text);
      rows += batch.rows;
      after = batch.after;
      if (bytes < partBytes) continue;
      await onItsWay;
      put(false);
    }
  } catch (error) {
    await onItsWay;
    throw error;
  }
  await onItsWay;
  put(true);
  await onItsWay;
  return written;
};
