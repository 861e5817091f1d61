import { randomUUID } from "node:crypto";
import type { TableChange, TableStreams } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { type BatchOperation, type Item, itemSize, type Level, type Table } from "./dynalite.ts";
import { keysOf, type Tables, under, type ViewType } from "./tables.ts";

const KEPT_MS = 24 * 60 * 60 * 1000;
// Sequence numbers always have 21 digits, so that they sort alike as text and as numbers.
const FIRST = 10n ** 20n;

const changeKey = (table: string, sequence: string): string => `change~${table}~${sequence}`;
const checkpointKey = (table: string, reader: string): string => `checkpoint~${table}~${reader}`;

type Position = { next: bigint; inFlight: Set<bigint>; waiting: Set<() => void> };
export type Change = { table: Table; old: Item | undefined; new: Item | undefined; byTimeToLive: boolean };

/**
 * Whether two items are equal, whatever the order of fields. DynamoDB writes no record for a write that changes
 * nothing.
 */
const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length && left.every(([key, value]) => same(value, Reflect.get(b, key)))
  );
};

const images = (view: ViewType, change: Change) => ({
  ...(change.new && (view === "NEW_IMAGE" || view === "NEW_AND_OLD_IMAGES") ? { NewImage: change.new } : {}),
  ...(change.old && (view === "OLD_IMAGE" || view === "NEW_AND_OLD_IMAGES") ? { OldImage: change.old } : {}),
});

/**
 * Change records of tables with a stream. A record is written in the same LevelDB batch as the item, so
 * that neither can be there without the other. Concurrent batches may land out of order: readers see
 * nothing past the oldest one that is still under way.
 */
export const openStreams = async (level: Level, tables: Tables, arns: Arns, now: () => number) => {
  const positions = new Map<string, Position>();
  const checkpoints = new Map<string, string>();
  let closed = false;
  const saving = new Set<Promise<void>>();

  for await (const [key, value] of level.iterator<string>(under("checkpoint~"))) checkpoints.set(key, value);
  // The counter is stored apart from the records, because they are trimmed.
  for await (const [key, value] of level.iterator<string>(under("sequence~"))) {
    positions.set(key.slice("sequence~".length), {
      next: BigInt(value) + 1n,
      inFlight: new Set(),
      waiting: new Set(),
    });
  }

  const positionOf = (table: string): Position => {
    const position = positions.get(table) ?? { next: FIRST, inFlight: new Set(), waiting: new Set() };
    positions.set(table, position);
    return position;
  };

  /** The batch operations of a change, and what to call once they are in (or failed). */
  const record = (change: Change): { operations: BatchOperation[]; landed: () => void } => {
    const name = change.table.TableName;
    const stream = tables.extras(name).stream;
    const known = change.new ?? change.old;
    if (!stream || !known || same(change.old, change.new)) return { operations: [], landed: () => {} };
    const position = positionOf(name);
    const sequence = position.next;
    position.next += 1n;
    position.inFlight.add(sequence);
    const Keys = keysOf(change.table, known);
    const shown = images(stream.viewType, change);
    const value: TableChange = {
      eventID: randomUUID().replaceAll("-", ""),
      eventName: !change.old ? "INSERT" : !change.new ? "REMOVE" : "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: arns.region,
      eventSourceARN: `${tables.arn(name)}/stream/${stream.label}`,
      dynamodb: {
        ApproximateCreationDateTime: now() / 1000,
        Keys,
        ...shown,
        SequenceNumber: String(sequence),
        SizeBytes: itemSize(Keys) + Object.values(shown).reduce((size, image) => size + itemSize(image), 0),
        StreamViewType: stream.viewType,
      },
      ...(change.byTimeToLive
        ? { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }
        : {}),
    };
    return {
      operations: [
        { type: "put", key: changeKey(name, String(sequence)), value },
        { type: "put", key: `sequence~${name}`, value: String(sequence) },
      ],
      landed: () => {
        position.inFlight.delete(sequence);
        for (const wake of position.waiting) wake();
      },
    };
  };

  const readNow = async (table: string, after: string, max: number): Promise<TableChange[]> => {
    const position = positionOf(table);
    const [oldest] = position.inFlight;
    const end = changeKey(table, String(oldest ?? position.next));
    const start = changeKey(table, after === "0" ? "" : after);
    const changes: TableChange[] = [];
    for await (const [, value] of level.iterator<TableChange>({ gt: start, lt: end, limit: max })) {
      changes.push(value);
    }
    return changes;
  };

  const wait = (table: string, ms: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const { waiting } = positionOf(table);
      const wake = () => {
        waiting.delete(wake);
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });

  const contract: TableStreams = {
    read: async (table, after, { max, waitMs, signal }) => {
      const deadline = performance.now() + waitMs;
      for (;;) {
        if (closed || signal?.aborted) return [];
        // Registers for a wake-up before it reads, because a record may arrive while it reads.
        const left = deadline - performance.now();
        const stop = new AbortController();
        const news =
          left > 0
            ? wait(table, left, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)
            : undefined;
        const changes = await readNow(table, after, max);
        if (changes.length > 0 || !news) {
          stop.abort();
          return changes;
        }
        await news;
      }
    },
    checkpoint: (table, reader) => checkpoints.get(checkpointKey(table, reader)) ?? "0",
    saveCheckpoint: (table, reader, sequenceNumber) => {
      const key = checkpointKey(table, reader);
      checkpoints.set(key, sequenceNumber);
      const save = level.put(key, sequenceNumber).finally(() => saving.delete(save));
      saving.add(save);
    },
  };

  return {
    contract,
    record,
    /** Forgets records that are older than 24 hours, as AWS does. */
    trim: async () => {
      for (const table of tables.withStream()) {
        let last: string | undefined;
        for await (const [key, value] of level.iterator<TableChange>(under(`change~${table}~`))) {
          if (value.dynamodb.ApproximateCreationDateTime * 1000 > now() - KEPT_MS) break;
          last = key;
        }
        if (last) await level.clear({ gte: changeKey(table, ""), lte: last });
      }
    },
    close: async () => {
      closed = true;
      for (const { waiting } of positions.values()) for (const wake of waiting) wake();
      await Promise.allSettled(saving);
    },
  };
};
export type Streams = Awaited<ReturnType<typeof openStreams>>;
