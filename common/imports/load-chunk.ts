import { createHash } from "node:crypto";
import { inParallel } from "#common/async/in-parallel.ts";
import type { Columns } from "#common/csv/columns.ts";
import { toLines, unpackBatches } from "./chunk-file.ts";
import { objectKeys, receiptKey } from "./import-keys.ts";
import { factsOf, type ImportRecord, isRunning } from "./import-record.ts";
import type { ChunkState, Ledger, LedgerDeps } from "./ledger.ts";
import { Overtaken, toChunkItem, toProgressItem, untilDone } from "./ledger.ts";
import { importWaits } from "./line.ts";
import { addChunk, toReceiptItem, type Verdicts } from "./receipt.ts";
import { type FileRow, type ImportLoading, type JsonValue, SERVICE_WRITES_MAX } from "./registration.ts";

/** Batches of a chunk under way at once. */
const BATCHES_AT_ONCE = 8;

/** Decisions of one batch before its message comes back: others write the same rows all the while. */
const DECISIONS_MAX = 50;

/** How long an import that must wait leaves its messages on the queue. */
const WAIT_SECONDS = 10;

/** Loaders that count their chunks at one moment overtake each other. */
const COUNTS_MAX = 1_000;

export type LoadChunkDeps = Pick<LedgerDeps, "table" | "bucket" | "queues"> & {
  ledger: Ledger;
  endIfDone(importId: string): Promise<ImportRecord | undefined>;
};

/** Loads one chunk of an import: each batch once, whatever else works on it, then counts it, once. */
export const makeLoadChunk = <Row extends JsonValue, Receipt extends JsonValue, C extends Columns>(
  deps: LoadChunkDeps,
  service: ImportLoading<Row, Receipt, C>,
) => {
  const { table, bucket, queues, ledger, endIfDone } = deps;

  const decide = async (record: ImportRecord, rows: readonly FileRow<Row>[]) => {
    const decision = await service.decide({ import: factsOf(record), rows });
    const { writes, added, changed, unchanged, counts: more = {} } = decision;
    if (writes.length > SERVICE_WRITES_MAX || added + changed + unchanged !== rows.length) {
      throw new Error(
        `a batch of ${rows.length} rows was decided as ${added + changed + unchanged}, in ${writes.length} writes`,
      );
    }
    return { decision, verdicts: { added, changed, unchanged, more } satisfies Verdicts };
  };

  /** Commits a batch together with its receipt, unless one stands there. */
  const loadBatch = async (
    record: ImportRecord,
    chunk: number,
    batch: number,
    rows: readonly FileRow<Row>[],
  ): Promise<void> => {
    for (let decisions = 1; decisions <= DECISIONS_MAX; decisions += 1) {
      const { decision, verdicts } = await decide(record, rows);
      const kept = { chunk, batch, round: 0, state: "committed", version: 1 } as const;
      const item = toReceiptItem(record.importId, { ...kept, counts: verdicts, receipt: decision.receipt });
      const result = await table.transact([{ put: item, absent: true }, ...decision.writes]);
      if (result.done) return;
      if (!result.lost.includes(0)) continue;
      const found = await table.get(receiptKey(record.importId, chunk, batch, 0), { consistent: true });
      // Without one, another transaction held it at that moment, and may yet fail.
      if (found) return;
    }
    throw new Overtaken(`batch ${chunk}/${batch} of ${record.importId} was lost ${DECISIONS_MAX} times`);
  };

  /** Loads what has no receipt; the chunk's verdicts, or undefined if the import is being taken back. */
  const load = async (
    record: ImportRecord,
    chunk: number,
    batches: readonly FileRow<Row>[][],
  ): Promise<{ verdicts: Verdicts[] } | undefined> => {
    const { importId } = record;
    const there = new Set((await ledger.receipts(importId, chunk)).map(({ batch }) => batch));
    const missing = batches.flatMap((rows, batch) => (there.has(batch) ? [] : [{ rows, batch }]));
    await inParallel(missing, BATCHES_AT_ONCE, ({ rows, batch }) => loadBatch(record, chunk, batch, rows));
    const receipts = (await ledger.receipts(importId, chunk)).filter(({ round }) => round === 0);
    const isLoaded =
      receipts.length === batches.length && receipts.every(({ state }) => state === "committed");
    return isLoaded ? { verdicts: receipts.flatMap(({ counts }) => counts ?? []) } : undefined;
  };

  /**
   * The same decisions with another writer: what would differ goes to the bucket under the hash of its bytes, and the
   * chunk names it as it is counted, so that counts and differences are of the same decisions.
   */
  const rehearse = async (
    record: ImportRecord,
    chunk: number,
    batches: readonly FileRow<Row>[][],
  ): Promise<{ verdicts: Verdicts[]; differences: string }> => {
    const decided = await inParallel(batches, BATCHES_AT_ONCE, (rows) => decide(record, rows));
    const differences = decided.flatMap(({ decision }) => decision.differences());
    const bytes = toLines(differences.toSorted((one, other) => one.line - other.line));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const key = objectKeys.differences(record.importId, chunk, hash);
    await bucket.put(key, bytes, "application/x-ndjson");
    return { verdicts: decided.map(({ verdicts }) => verdicts), differences: key };
  };

  /** The chunk is loaded and counted in one transaction: it counts once. */
  const count = (
    importId: string,
    chunk: number,
    { verdicts, ...more }: { verdicts: readonly Verdicts[]; differences?: string },
  ): Promise<ChunkState> =>
    untilDone(async () => {
      const state = await ledger.chunk(importId, chunk);
      if (!state) throw new Error(`chunk ${chunk} of ${importId} is gone`);
      if (state.state === "loaded") return state;
      const progress = await ledger.readProgress(importId);
      const loaded = { ...state, ...more, state: "loaded", version: state.version + 1 } as const;
      const counted = {
        ...addChunk(progress, state, verdicts),
        chunksDone: progress.chunksDone + 1,
        bytesRead: progress.bytesRead + state.bytes,
        version: progress.version + 1,
      };
      const result = await table.transact([
        { put: toChunkItem(importId, loaded), version: state.version },
        { put: toProgressItem(importId, counted), version: progress.version },
      ]);
      if (!result.done) throw new Overtaken(`chunk ${chunk} of ${importId}`);
      return loaded;
    }, COUNTS_MAX);

  const announce = async (record: ImportRecord, state: ChunkState): Promise<void> => {
    if (state.announced || record.dryRun || !service.announce) return;
    const { importId } = record;
    const stored = (await ledger.receipts<Receipt>(importId, state.chunk)).flatMap(
      ({ chunk, batch, round, receipt }) =>
        receipt === undefined || round > 0 ? [] : [{ chunk, batch, round, receipt }],
    );
    await service.announce({ ...factsOf(record), chunk: state.chunk }, stored);
    const announced = { ...state, announced: true, version: state.version + 1 };
    // If it is lost, another loader has noted it.
    await table.transact([{ put: toChunkItem(importId, announced), version: state.version }]);
  };

  return async (importId: string, chunk: number): Promise<void> => {
    const record = await ledger.read(importId);
    let state = await ledger.chunk(importId, chunk);
    if (record && isRunning(record) && state?.state === "open") {
      const line = await ledger.readLine(record.organizationId, record.service);
      if (importWaits(line, record.number)) return queues.chunk({ importId, chunk }, WAIT_SECONDS);
      const bytes = await bucket.get(objectKeys.chunk(importId, chunk));
      if (!bytes) throw new Error(`the object of chunk ${chunk} of ${importId} is gone`);
      const work = record.dryRun ? rehearse : load;
      const loaded = await work(record, chunk, unpackBatches<Row>(bytes));
      if (loaded) state = await count(importId, chunk, loaded);
    }
    // Of an import that was completed since, too: its rows are announced before its message is acknowledged.
    if (record && state?.state === "loaded") await announce(record, state);
    await endIfDone(importId);
  };
};
