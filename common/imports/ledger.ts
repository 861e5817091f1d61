import type { Table } from "#common/table/table.ts";
import { numberOf, queryAll, textOf, type Write } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import {
  chunkKey,
  countsKey,
  importKey,
  importPartition,
  lineKey,
  listKey,
  numberKey,
  openKey,
  receiptRange,
} from "./import-keys.ts";
import { type Counts, fromImportItem, type ImportRecord, NO_COUNTS, toImportItem } from "./import-record.ts";
import { type Line, lineOf } from "./line.ts";
import { fromReceiptItem, type KeptReceipt } from "./receipt.ts";

/** Objects of the bucket `delivery`. */
export type ImportBucket = {
  name: string;
  /** The object's bytes from `fromByte` on, `undefined` if that version is not there. */
  read(
    file: { key: string; versionId?: string; eTag?: string },
    fromByte?: number,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The whole of a small object. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
};

/** Messages of the three queues, each an action on one import. */
export type FileMessage = { importId: string; slice: number };
export type ChunkMessage = { importId: string; chunk: number };

/**
 * `action` is what was asked for: the reverter does it if the request died before it was done. Without one it goes
 * on with an import that is being taken back.
 */
export type RevertMessage = { importId: string; action?: "cancel" | "undo" | "rehearse" };

export type ImportQueues = {
  file(message: FileMessage): Promise<void>;
  chunk(message: ChunkMessage, delaySeconds?: number): Promise<void>;
  revert(message: RevertMessage, delaySeconds?: number): Promise<void>;
};

export type LedgerDeps = {
  /** Holds the ledger's items and the service's: a transaction spans both. */
  table: Table;
  bucket: ImportBucket;
  queues: ImportQueues;
  /** Puts the end of an import on the bus; a repeat has the same id. */
  publish(name: ImportEventName, detail: ImportEvent): Promise<void>;
  now: Clock;
};

export type ImportEventName = "import_completed" | "import_failed" | "import_cancelled" | "import_undone";

export type ImportEvent = {
  id: string;
  organizationId: string;
  userId?: string;
  time: string;
  transactionId?: string;
  importId: string;
  [name: string]: unknown;
};

/** A change was lost to another: what was read is old. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

export type ChunkState = {
  chunk: number;
  state: "open" | "loaded";
  rows: number;
  rejected: number;
  /** Bytes of the file that it covers. */
  bytes: number;
  batches: number;
  /** Of a dry run that is loaded: the object with what would differ. */
  differences?: string;
  /** Whether `announce` of the service is done. */
  announced: boolean;
  version: number;
};

export type Progress = Counts & { chunksDone: number; bytesRead: number; version: number };

/** Reads and moves the items of imports. */
export const openLedger = (table: Table) => {
  const read = async (importId: string): Promise<ImportRecord | undefined> => {
    const item = await table.get(importKey(importId), { consistent: true });
    return item && fromImportItem(item);
  };

  const readLine = async (organizationId: string, service: string): Promise<Line> =>
    lineOf(organizationId, service, await table.get(lineKey(organizationId, service), { consistent: true }));

  const readProgress = async (importId: string): Promise<Progress> => {
    const item = await table.get(countsKey(importId), { consistent: true });
    if (!item) return { ...NO_COUNTS, chunksDone: 0, bytesRead: 0, version: 0 };
    return {
      ...(JSON.parse(textOf(item, "data")) as Omit<Progress, "version">),
      version: numberOf(item, "version"),
    };
  };

  return {
    read,
    readLine,
    readProgress,

    readMany: async (importIds: readonly string[]): Promise<ImportRecord[]> =>
      (await table.getMany(importIds.map(importKey), { consistent: true })).map(fromImportItem),

    /** The import that drew a number, if one did. */
    importOfNumber: async (organizationId: string, service: string, number: number) => {
      const item = await table.get(numberKey(organizationId, service, number), { consistent: true });
      return item && read(textOf(item, "importId"));
    },

    /** All that stands for an import that is new. */
    newItems: (record: ImportRecord): Write[] => [
      { put: toImportItem({ ...record, version: 1 }), absent: true },
      {
        put: {
          ...listKey(record.organizationId, record.importId),
          service: record.service,
          importId: record.importId,
        },
        absent: true,
      },
      { put: { ...openKey(record.importId), organizationId: record.organizationId }, absent: true },
    ],

    /** Moves an import on from what was read, together with other writes; throws `Overtaken` if any was lost. */
    move: async (
      record: ImportRecord,
      change: Partial<ImportRecord>,
      others: readonly Write[] = [],
    ): Promise<ImportRecord> => {
      const moved = { ...record, ...change, version: record.version + 1 };
      const result = await table.transact([{ put: toImportItem(moved), version: record.version }, ...others]);
      if (!result.done) throw new Overtaken(`${record.importId} was moved by another`);
      return moved;
    },

    chunk: async (importId: string, chunk: number): Promise<ChunkState | undefined> => {
      const item = await table.get(chunkKey(importId, chunk), { consistent: true });
      return item && fromChunkItem(item);
    },

    /** Receipts of a chunk, of every round. */
    receipts: async <Receipt>(importId: string, chunk: number): Promise<KeptReceipt<Receipt>[]> =>
      (await queryAll(table, { ...receiptRange(importId, chunk), consistent: true })).map((item) =>
        fromReceiptItem<Receipt>(item),
      ),

    chunks: async (importId: string): Promise<ChunkState[]> =>
      (
        await queryAll(table, {
          pk: importPartition(importId),
          from: "chunk#",
          to: "chunk#~",
          consistent: true,
        })
      ).map(fromChunkItem),
  };
};

export type Ledger = ReturnType<typeof openLedger>;

export const toChunkItem = (importId: string, { version, ...rest }: ChunkState) => ({
  ...chunkKey(importId, rest.chunk),
  version,
  data: JSON.stringify(rest),
});

const fromChunkItem = (item: Parameters<typeof textOf>[0]): ChunkState => ({
  ...(JSON.parse(textOf(item, "data")) as Omit<ChunkState, "version">),
  version: numberOf(item, "version"),
});

export const toProgressItem = (importId: string, { version, ...rest }: Progress) => ({
  ...countsKey(importId),
  version,
  data: JSON.stringify(rest),
});

/**
 * Does something that others may overtake until it goes through: each try reads anew. After so many tries the
 * message comes back.
 */
export const untilDone = async <T>(work: () => Promise<T>, triesMax = 20): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === triesMax) throw error;
    }
  }
};
