import { inBatches } from "#common/async/in-batches.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { LogLine } from "#common/logs/line.ts";
import { QUEUE_BYTES_MAX } from "#common/logs/queue-messages.ts";
import { type FailedRecord, failedRecordOf } from "#common/logs/rescue/failed-record.ts";
import type { Rejected } from "#common/logs/rescue/rejected.ts";
import type { Entry } from "#common/logs/to-entry.ts";
import { note } from "#common/telemetry/line.ts";
import { readRecord } from "./read-record.ts";

export type RescueObjectDeps = {
  environment: string;
  logDays: number;
  files: {
    open(key: string): Promise<{ modifiedMs: number; lines: AsyncIterable<string> } | undefined>;
    remove(key: string): Promise<void>;
  };
  keepTraces: (entries: readonly Entry[]) => Promise<Map<Entry, unknown>>;
  sendLate: (lines: readonly string[]) => Promise<{ refused: Set<string>; reason: string }>;
  /** For lines that no queue takes. */
  writeLate: (lines: readonly LogLine[]) => Promise<Map<LogLine, unknown>>;
  sendRejected: (records: readonly Rejected[]) => Promise<{ missing: number; reason: string }>;
};

/** Records that are worked on together; one has a megabyte at the most. */
const BATCH = 100;

async function* recordsOf(lines: AsyncIterable<string>, objectTimeMs: number): AsyncGenerator<FailedRecord> {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== "") yield failedRecordOf(text, line, objectTimeMs);
  }
}

const unless = (missing: number, where: string, reason: string): void => {
  if (missing > 0)
    throw new AppError("DEPENDENCY_FAILED", { internal: `${missing} not ${where}: ${reason}` });
};

/**
 * Takes up everything in an object of `errors/`: good messages go on the queue `logs-late` and under their
 * transaction ids, refused ones on `logs-rejected`. Only then the object is deleted, unless a refused message was
 * too large for the queue and is named by its place. Throws when anything could not be handed on; a second try
 * hands on the same again.
 */
export const makeRescueObject = (deps: RescueObjectDeps) => {
  const { files, keepTraces, sendLate, writeLate, sendRejected, environment, logDays } = deps;

  const handOn = async (entries: readonly Entry[]): Promise<void> => {
    if (entries.length === 0) return;
    const fits = ({ json }: Entry): boolean => Buffer.byteLength(json) <= QUEUE_BYTES_MAX;
    const lines = entries.filter(fits).map(({ json }) => json);
    const large = entries.filter((entry) => !fits(entry)).map(({ line }) => line);
    const untraced = await keepTraces(entries);
    unless(untraced.size, "in their traces", String([...untraced.values()][0]));
    const { refused, reason } = await sendLate(lines);
    unless(refused.size, "on the queue logs-late", reason);
    const unwritten = await writeLate(large);
    unless(unwritten.size, "in the lake", String([...unwritten.values()][0]));
  };

  return async (key: string): Promise<void> => {
    const file = await files.open(key);
    if (!file) return;
    let rescued = 0;
    let refused = 0;
    let stays = false;
    for await (const batch of inBatches(recordsOf(file.lines, file.modifiedMs), BATCH)) {
      const read = batch.map((record) => readRecord(record, { environment, logDays, key }));
      const entries = read.flatMap((one) => one.entries);
      const rejected = read.flatMap((one) => one.rejected);
      await handOn(entries);
      const { missing, reason } = await sendRejected(rejected);
      unless(missing, "on the queue logs-rejected", reason);
      rescued += entries.length;
      refused += rejected.length;
      stays ||= rejected.some((one) => one.key !== undefined);
    }
    if (!stays) await files.remove(key);
    note({ items: rescued, rejected: refused });
  };
};
