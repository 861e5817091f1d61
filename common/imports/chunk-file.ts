import { gunzipSync, gzipSync } from "node:zlib";
import { type FileRow, type ImportKind, type JsonValue, SERVICE_WRITES_MAX } from "./registration.ts";

/** Rows of a chunk, good and rejected: one message of the loader's queue. */
export const CHUNK_ROWS = 5_000;

/** Bytes of a chunk's rows in memory, beyond which it ends early. */
export const CHUNK_BYTES = 8 * 1_048_576;

/** Rows of a batch, whatever few writes they need: what a batch reads is bounded too. */
const BATCH_ROWS_MAX = 96;

/** DynamoDB's BatchGetItem and transactions take 4 MB; rows of 8 KB and more make smaller batches. */
const BATCH_BYTES_MAX = 512 * 1024;

/** Parts a chunk's rows into batches: by the order of the service, then by line, as many as one transaction takes. */
export const batchesOf = <Row extends JsonValue>(
  kind: Pick<ImportKind<Row>, "orderOf" | "writesOf">,
  rows: readonly { fileRow: FileRow<Row>; bytes: number }[],
): FileRow<Row>[][] => {
  const keyed = rows.map((row) => ({ ...row, order: kind.orderOf(row.fileRow.row) }));
  keyed.sort((one, other) =>
    one.order < other.order ? -1 : one.order > other.order ? 1 : one.fileRow.line - other.fileRow.line,
  );
  const batches: FileRow<Row>[][] = [];
  let batch: FileRow<Row>[] = [];
  let writes = 0;
  let size = 0;
  for (const { fileRow, bytes } of keyed) {
    const more = kind.writesOf(fileRow.row, batch.at(-1)?.row);
    const isFull =
      batch.length === BATCH_ROWS_MAX || writes + more > SERVICE_WRITES_MAX || size + bytes > BATCH_BYTES_MAX;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
      writes = 0;
      size = 0;
    }
    writes += batch.length === 0 ? kind.writesOf(fileRow.row, undefined) : more;
    size += bytes;
    batch.push(fileRow);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
};

/** A chunk's batches as they stand in the bucket: a line of JSON each, packed. */
export const packBatches = <Row extends JsonValue>(batches: readonly FileRow<Row>[][]): Uint8Array =>
  gzipSync(batches.map((batch) => `${JSON.stringify(batch)}\n`).join(""), { level: 1 });

export const unpackBatches = <Row extends JsonValue>(bytes: Uint8Array): FileRow<Row>[][] =>
  gunzipSync(bytes)
    .toString("utf8")
    .split("\n")
    .filter((text) => text !== "")
    // Nothing else writes these objects.
    .map((text) => JSON.parse(text) as FileRow<Row>[]);

/** Things as a line of JSON each. */
export const toLines = (things: readonly unknown[]): Uint8Array =>
  Buffer.from(things.map((thing) => `${JSON.stringify(thing)}\n`).join(""));

export const fromLines = <T>(bytes: Uint8Array): T[] =>
  Buffer.from(bytes)
    .toString("utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as T);
