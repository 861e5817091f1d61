import type { Columns } from "#common/csv/columns.ts";
import { CsvFileError } from "#common/csv/faults.ts";
import { CsvReader } from "#common/csv/reader.ts";
import { type CsvRow, rejectedRow } from "#common/csv/row.ts";
import { packingOf, unpacked } from "#common/csv/unpack.ts";
import { batchesOf, CHUNK_BYTES, CHUNK_ROWS, packBatches, toLines } from "./chunk-file.ts";
import { Fingerprints } from "./fingerprints.ts";
import { importKey, objectKeys } from "./import-keys.ts";
import type { Checkpoint, ImportRecord } from "./import-record.ts";
import type { Ledger, LedgerDeps } from "./ledger.ts";
import { toChunkItem } from "./ledger.ts";
import type { FileRow, ImportKind, JsonValue } from "./registration.ts";
import { startHash } from "./running-hash.ts";

export type CutDeps = Pick<LedgerDeps, "table" | "bucket" | "queues" | "now"> & {
  ledger: Ledger;
  /** Rows of a chunk; fewer in tests. */
  chunkRows?: number;
  /** In place of the real one, which a model of schedules cannot wait for. */
  beginHash?: typeof startHash;
};

/** What a slice came to. `stopped`: somebody else moved the import on. */
export type Cut =
  | { kind: "end"; chunkCount: number; sha256: string }
  | { kind: "more"; checkpoint: Checkpoint }
  | { kind: "stopped" };

type OpenChunk<Row> = {
  rows: { fileRow: FileRow<Row>; bytes: number }[];
  rejects: unknown[];
  bytes: number;
};

const emptyChunk = <Row>(): OpenChunk<Row> => ({ rows: [], rejects: [], bytes: 0 });

/** The fingerprints that the slice before left, or none of the first. */
const earlierFingerprints = async (
  { bucket }: CutDeps,
  { importId, slice, checkpoint }: ImportRecord,
): Promise<Fingerprints> => {
  const fingerprints = new Fingerprints();
  for (let part = 0; checkpoint && part < checkpoint.fingerprintParts; part += 1) {
    const bytes = await bucket.get(objectKeys.fingerprints(importId, slice, checkpoint.chunk, part));
    if (!bytes) throw new Error(`${importId}: fingerprints ${slice}/${part} are not there`);
    fingerprints.add(bytes);
  }
  return fingerprints;
};

/**
 * Reads a slice of a file and cuts it into chunks. A chunk's bytes follow from the file alone, wherever slices end, so
 * that two chunkers at work make the same ones. Throws `CsvFileError` for what spoils the file as a whole.
 */
export const cutSlice = async <Row extends JsonValue, C extends Columns>(
  deps: CutDeps,
  kind: ImportKind<Row, C>,
  record: ImportRecord,
  until: number,
): Promise<Cut> => {
  const { table, bucket, queues, now, chunkRows = CHUNK_ROWS, beginHash = startHash } = deps;
  const { importId, file, checkpoint } = record;
  const packing = packingOf(file.key) ?? "none";
  const isPacked = packing !== "none";

  const startByte = isPacked ? 0 : (checkpoint?.csv.offset ?? 0);
  const source = await bucket.read(file, startByte);
  if (!source) throw new CsvFileError("FILE_GONE", "is not there any more, or was replaced");
  const hash = await beginHash(isPacked ? undefined : checkpoint?.hash);
  let sourceBytes = startByte;
  const watched = async function* () {
    for await (const bytes of source) {
      sourceBytes += bytes.length;
      // A packed file is read from its beginning in each slice.
      if (isPacked) hash.update(bytes);
      yield bytes;
    }
  };

  const fingerprints = await earlierFingerprints(deps, record);
  const reader = new CsvReader<C>(kind.format, {
    nowMs: record.startedAt,
    defaults: record.defaults,
    ...(checkpoint ? { from: checkpoint.csv } : {}),
  });
  let chunk = checkpoint?.chunk ?? 0;
  let bytesRead = checkpoint?.bytesRead ?? 0;
  let open = emptyChunk<Row>();

  const fileRowOf = (line: number, row: Row): FileRow<Row> => {
    const { key, given } = kind.identityOf(row);
    if (!given) return { line, row, ordinal: fingerprints.ordinalOf(`c${key}`) };
    const repeat = fingerprints.repeatOf(`g${key}`, kind.contentOf(row));
    return { line, row, ordinal: 0, ...(repeat ? { repeat } : {}) };
  };

  /** Puts the chunk where the loader finds it; false if the import was moved on meanwhile. */
  const close = async (upTo: number): Promise<boolean> => {
    const batches = batchesOf(kind, open.rows);
    await bucket.put(objectKeys.chunk(importId, chunk), packBatches(batches), "application/gzip");
    if (open.rejects.length > 0) {
      const key = objectKeys.rejects(importId, chunk);
      await bucket.put(key, toLines(open.rejects), "application/x-ndjson");
    }
    const state = {
      chunk,
      state: "open",
      rows: open.rows.length,
      rejected: open.rejects.length,
      bytes: Math.max(0, upTo - bytesRead),
      batches: batches.length,
      announced: false,
      version: 1,
    } as const;
    const result = await table.transact([
      { put: toChunkItem(importId, state), absent: true },
      { check: importKey(importId), version: record.version },
    ]);
    if (!result.done && result.lost.includes(1)) return false;
    // After the chunk: a message that comes first finds none. Sent also where the chunk stands, which another
    // chunker may have made and then died.
    await queues.chunk({ importId, chunk });
    chunk += 1;
    bytesRead = Math.max(bytesRead, upTo);
    open = emptyChunk();
    return true;
  };

  const handOver = async (csv: Checkpoint["csv"], upTo: number): Promise<Cut> => {
    let part = 0;
    for (const bytes of fingerprints.parts()) {
      const key = objectKeys.fingerprints(importId, record.slice + 1, chunk, part);
      await bucket.put(key, bytes, "application/octet-stream");
      part += 1;
    }
    return {
      kind: "more",
      checkpoint: {
        csv,
        chunk,
        bytesRead: upTo,
        fingerprintParts: part,
        ...(isPacked ? {} : { hash: hash.save() }),
      },
    };
  };

  /** Takes rows in; where a chunk is full it is closed, and a slice may end there. */
  const takeRows = async (
    rows: readonly CsvRow<C>[],
    hashedBytes: number,
  ): Promise<Cut | { kind: "full"; row: CsvRow<C>; upTo: number } | undefined> => {
    for (const row of rows) {
      if (row.faults) {
        const reject = rejectedRow(row);
        open.rejects.push(reject);
        open.bytes += reject.raw.length + 200;
      } else {
        const bytes = row.nextOffset - lastOffset;
        open.rows.push({ fileRow: fileRowOf(row.line, kind.rowOf(row.values)), bytes });
        open.bytes += bytes;
      }
      lastOffset = row.nextOffset;
      if (open.rows.length + open.rejects.length < chunkRows && open.bytes < CHUNK_BYTES) continue;
      const upTo = isPacked ? Math.min(sourceBytes, record.bytes) : row.nextOffset;
      if (!(await close(upTo))) return { kind: "stopped" };
      // Of what came before this piece the hash cannot be taken back.
      if (now() >= until && (isPacked || row.nextOffset >= hashedBytes)) return { kind: "full", row, upTo };
    }
    return undefined;
  };

  let lastOffset = checkpoint?.csv.offset ?? 0;
  let pieceStart = checkpoint?.csv.offset ?? 0;
  const skipped = isPacked ? pieceStart : 0;
  for await (const piece of unpacked(watched(), packing, skipped)) {
    const cut = await takeRows(reader.push(piece), pieceStart);
    if (cut?.kind === "full") {
      if (!isPacked) hash.update(piece.subarray(0, cut.row.nextOffset - pieceStart));
      const csv = reader.checkpoint(cut.row);
      if (!csv) throw new Error(`${importId}: a row without a header`);
      return handOver(csv, cut.upTo);
    }
    if (cut) return cut;
    if (!isPacked) hash.update(piece);
    pieceStart += piece.length;
  }
  const cut = await takeRows(reader.end(), Number.POSITIVE_INFINITY);
  if (cut?.kind === "stopped") return cut;
  if (open.rows.length + open.rejects.length > 0 && !(await close(record.bytes))) return { kind: "stopped" };
  return { kind: "end", chunkCount: chunk, sha256: hash.digest() };
};
