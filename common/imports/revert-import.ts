import { inParallel } from "#common/async/in-parallel.ts";
import type { Columns } from "#common/csv/columns.ts";
import type { Write } from "#common/table/table.ts";
import { numberOf } from "#common/table/table.ts";
import { unpackBatches } from "./chunk-file.ts";
import { publishEnd } from "./end-import.ts";
import { importKey, objectKeys, receiptKey, takeBackKey } from "./import-keys.ts";
import { factsOf, type ImportRecord, NO_COUNTS, type Undo } from "./import-record.ts";
import type { ChunkState, Ledger, LedgerDeps, RevertMessage } from "./ledger.ts";
import { Overtaken } from "./ledger.ts";
import { leave, putLine, takeBackWaits } from "./line.ts";
import { addChunk, type KeptReceipt, toReceiptItem } from "./receipt.ts";
import type { FileRow, ImportLoading, JsonValue } from "./registration.ts";
import { makeStopImport, makeUndoImport } from "./stop-import.ts";

const AT_ONCE = 8;
const DECISIONS_MAX = 50;

/** How long a take-back that must wait leaves its message on the queue. */
const WAIT_SECONDS = 10;

/** How long one invocation works before it hands on. */
const REVERT_MS = 600_000;

export type RevertImportDeps = LedgerDeps & {
  ledger: Ledger;
  endIfDone(importId: string): Promise<ImportRecord | undefined>;
  revertMs?: number;
};

/** Thrown where the time of an invocation is up: the next one goes on. */
class HandOver extends Error {}

/**
 * Takes an import back, whatever it comes to: failed, cancelled or undone. Later imports first say what they left
 * unsaid because of it, then its sayings go receipt by receipt, then it ends. Everything may be done twice.
 */
export const makeRevertImport = <Row extends JsonValue, Receipt extends JsonValue, C extends Columns>(
  deps: RevertImportDeps,
  service: ImportLoading<Row, Receipt, C>,
) => {
  const { table, bucket, queues, ledger, now, endIfDone, revertMs = REVERT_MS } = deps;
  const stopImport = makeStopImport(deps);
  const undoImport = makeUndoImport(deps);

  /** From here no batch of the import can commit: a void receipt stands wherever there is none. */
  const voidFree = async (record: ImportRecord): Promise<ImportRecord> => {
    const { importId, organizationId, number, takeBack } = record;
    if (!takeBack || takeBack.voided) return record;
    // Of a completed import every receipt is there, but its end may not be announced.
    if (takeBack.outcome === "undone") await publishEnd(deps, { ...record, phase: "completed" });
    const chunks = record.dryRun || takeBack.outcome === "undone" ? [] : await ledger.chunks(importId);
    for (const { chunk, batches } of chunks) {
      const there = new Set((await ledger.receipts(importId, chunk)).map(({ batch }) => batch));
      const free = Array.from({ length: batches }, (_, batch) => batch).filter((batch) => !there.has(batch));
      await inParallel(free, AT_ONCE, (batch) =>
        table.putIfAbsent(toReceiptItem(importId, { chunk, batch, round: 0, state: "void", version: 1 })),
      );
    }
    // It has stopped, and holds up nothing from here on.
    const line = await ledger.readLine(organizationId, record.service);
    const out = leave(line, number);
    return ledger.move(
      record,
      { takeBack: { ...takeBack, voided: true } },
      out.entries.length < line.entries.length ? [putLine(out)] : [],
    );
  };

  const isStillReverting = ({ importId, version }: ImportRecord): Write => ({
    check: importKey(importId),
    version,
  });

  /** Decides and writes until nothing was lost to others; throws `Overtaken` when the take-back itself is over. */
  const commit = async (
    record: ImportRecord,
    make: () => Promise<{ own: readonly Write[]; writes: readonly Write[] } | undefined>,
  ): Promise<void> => {
    for (let decisions = 1; decisions <= DECISIONS_MAX; decisions += 1) {
      const made = await make();
      if (!made) return;
      const writes = [isStillReverting(record), ...made.own, ...made.writes];
      const result = await table.transact(writes);
      if (result.done) return;
      if (!result.lost.includes(0)) continue;
      const { version } = (await ledger.read(record.importId)) ?? {};
      if (version !== record.version) break;
    }
    throw new Overtaken(`the take-back of ${record.importId} was lost`);
  };

  /**
   * Newer imports that say something, the lowest number first. One that is to be taken back after this one still
   * says what its committed batches said.
   */
  async function* laterImports({ organizationId, service: name, number }: ImportRecord, upTo: number) {
    for (let next = number + 1; next < upTo; next += 1) {
      const later = await ledger.importOfNumber(organizationId, name, next);
      if (!later || later.dryRun) continue;
      if (later.phase === "completed" || later.phase === "reverting") yield later;
    }
  }

  const batchesOfChunk = async (importId: string, { chunk, rows }: ChunkState): Promise<FileRow<Row>[][]> => {
    if (rows === 0) return [];
    const bytes = await bucket.get(objectKeys.chunk(importId, chunk));
    if (!bytes) throw new Error(`the object of chunk ${chunk} of ${importId} is gone`);
    return unpackBatches<Row>(bytes);
  };

  /** Works on every batch of the imports that stand and are newer. */
  const restateLater = async (
    record: ImportRecord,
    upTo: number,
    start: { number: number; chunk: number },
    work: (later: ImportRecord, chunk: number, batch: number, rows: FileRow<Row>[]) => Promise<void>,
    done: (at: { number: number; chunk: number }) => Promise<void>,
  ): Promise<void> => {
    for await (const later of laterImports(record, upTo)) {
      if (later.number < start.number) continue;
      for (const state of await ledger.chunks(later.importId)) {
        if (later.number === start.number && state.chunk < start.chunk) continue;
        const batches = await batchesOfChunk(later.importId, state);
        const committed = (await ledger.receipts(later.importId, state.chunk)).filter(isOwnLoad);
        await inParallel(committed, AT_ONCE, ({ batch }) =>
          work(later, state.chunk, batch, batches[batch] ?? []),
        );
        await done({ number: later.number, chunk: state.chunk + 1 });
      }
    }
  };

  /** 1. Later imports say what they left unsaid because of this one. Shows nothing. */
  const restate = async (record: ImportRecord, round: number, until: number): Promise<void> => {
    const place = takeBackKey(record.importId, round);
    const kept = await table.get(place, { consistent: true });
    const start = kept
      ? { number: numberOf(kept, "number"), chunk: numberOf(kept, "chunk") }
      : { number: 0, chunk: 0 };
    const undone = factsOf(record);
    await restateLater(
      record,
      round,
      start,
      (later, chunk, batch, rows) =>
        commit(record, async () => {
          const { writes, receipt } = await service.restate({ import: factsOf(later), rows }, undone);
          if (writes.length === 0) return undefined;
          const own = receiptKey(later.importId, chunk, batch, 0);
          // It was taken back since: a slow reverter is at work here.
          if ((await table.get(own, { consistent: true }))?.version !== 1) return undefined;
          const kept = { chunk, batch, round, state: "committed", version: 1 } as const;
          return {
            writes,
            own: [
              // What it said in its own load stands: only then may it say this.
              { check: own, version: 1 },
              { put: toReceiptItem(later.importId, { ...kept, receipt }), absent: true },
            ],
          };
        }),
      async (at) => {
        await table.putAll([{ ...place, ...at }]);
        if (now() > until) throw new HandOver();
      },
    );
  };

  const chunksWithReceipts = async function* (record: ImportRecord) {
    for (const state of await ledger.chunks(record.importId)) {
      yield { state, receipts: await ledger.receipts<Receipt>(record.importId, state.chunk) };
    }
  };

  const taken = (receipt: KeptReceipt<Receipt>, record: ImportRecord, saidLater: (key: string) => boolean) =>
    service.takeBack(receipt.receipt as Receipt, factsOf(record), saidLater);

  /** 2. What the import said goes, a transaction for each receipt. */
  const takeBack = async (record: ImportRecord, until: number): Promise<void> => {
    for await (const { receipts } of chunksWithReceipts(record)) {
      const committed = receipts.filter(({ state }) => state === "committed");
      await inParallel(committed, AT_ONCE, (receipt) =>
        commit(record, async () => {
          const key = receiptKey(record.importId, receipt.chunk, receipt.batch, receipt.round);
          // Another reverter may have done it.
          const now = await table.get(key, { consistent: true });
          if (now?.version !== receipt.version) return undefined;
          const { writes, removed, restored, left } = await taken(receipt, record, () => false);
          const undone = {
            ...receipt,
            state: "undone",
            taken: { removed, restored, left },
            version: receipt.version + 1,
          } as const;
          const put = toReceiptItem(record.importId, undone);
          return { writes, own: [{ put, version: receipt.version }] };
        }),
      );
      if (now() > until) throw new HandOver();
    }
  };

  /** 3. Its end, with all counts summed from the receipts. */
  const end = async (record: ImportRecord): Promise<void> => {
    const { outcome } = record.takeBack ?? {};
    if (!outcome) return;
    let counts = NO_COUNTS;
    let undo: Undo = { removed: 0, restored: 0, left: 0 };
    for await (const { state, receipts } of chunksWithReceipts(record)) {
      const verdicts = receipts.flatMap((receipt) => (receipt.round === 0 ? (receipt.counts ?? []) : []));
      counts = addChunk(counts, state, verdicts);
      undo = receipts.reduce((sum, { taken: one }) => addUndo(sum, one), undo);
    }
    const progress = await ledger.readProgress(record.importId);
    const { version: _, chunksDone, bytesRead, ...counted } = progress;
    const endedAt = Math.max(now(), record.startedAt);
    await ledger.move(record, {
      phase: outcome,
      endedAt,
      ...(record.seconds === undefined ? { seconds: Math.floor((endedAt - record.startedAt) / 1_000) } : {}),
      ...(outcome === "undone"
        ? { undo }
        : {
            counts: record.dryRun ? counted : counts,
            chunksDone,
            bytesRead: Math.min(bytesRead, record.bytes),
          }),
    });
  };

  const revert = async (record: ImportRecord): Promise<void> => {
    const { importId, organizationId } = record;
    const number = record.takeBack?.number ?? 0;
    const until = now() + revertMs;
    const stopped = await voidFree(record);
    const line = await ledger.readLine(organizationId, record.service);
    // Of a dry run there is nothing to take back.
    if (!record.dryRun && takeBackWaits(line, number)) {
      await queues.revert({ importId }, WAIT_SECONDS);
      return;
    }
    try {
      if (!record.dryRun) {
        await restate(stopped, number, until);
        await takeBack(stopped, until);
      }
      await end(stopped);
    } catch (error) {
      if (!(error instanceof HandOver)) throw error;
      await queues.revert({ importId });
    }
  };

  /** What an undo would do now: the same decisions, and nothing written but the answer. */
  const rehearse = async (record: ImportRecord): Promise<void> => {
    const { next } = await ledger.readLine(record.organizationId, record.service);
    const said = new Set<string>();
    const undone = factsOf(record);
    await restateLater(
      record,
      next,
      { number: 0, chunk: 0 },
      async (later, _chunk, _batch, rows) => {
        const restated = await service.restate({ import: factsOf(later), rows }, undone);
        for (const key of restated.said) said.add(key);
      },
      async () => {},
    );
    let undo: Undo = { removed: 0, restored: 0, left: 0 };
    for await (const { receipts } of chunksWithReceipts(record)) {
      const committed = receipts.filter(({ state }) => state === "committed");
      const all = await inParallel(committed, AT_ONCE, (one) => taken(one, record, (key) => said.has(key)));
      undo = all.reduce(addUndo, undo);
    }
    await ledger.move(record, { undo });
  };

  return async ({ importId, action }: RevertMessage): Promise<void> => {
    try {
      if (action === "cancel") await stopImport(importId, "cancelled");
      if (action === "undo") await undoImport(importId);
      const record = await ledger.read(importId);
      if (record?.phase === "completed" && action === "rehearse" && !record.dryRun) await rehearse(record);
      if (record?.phase === "reverting") await revert(record);
    } catch (error) {
      // Another reverter was quicker: the next message finds what is due.
      if (!(error instanceof Overtaken)) throw error;
      const found = await ledger.read(importId);
      if (found?.phase === "reverting") await queues.revert({ importId }, 1);
    }
    await endIfDone(importId);
  };
};

const isOwnLoad = ({ round, state }: Pick<KeptReceipt<unknown>, "round" | "state">): boolean =>
  round === 0 && state === "committed";

const addUndo = (sum: Undo, one: Partial<Undo> | undefined): Undo => ({
  removed: sum.removed + (one?.removed ?? 0),
  restored: sum.restored + (one?.restored ?? 0),
  left: sum.left + (one?.left ?? 0),
});
