import { inParallel } from "#common/async/in-parallel.ts";
import { toAppError } from "#common/errors/app-error.ts";
import type { Item } from "#common/table/table.ts";
import type { Entry } from "../to-entry.ts";
import { type TraceRows, traceRowsOf } from "./trace-rows.ts";

export type KeepTracesDeps = {
  /** Answers the rows that the table did not take. */
  putRows: (items: readonly Item[]) => Promise<Item[]>;
  /** Answers the rows that the queue does not have. */
  sendRows: (items: readonly Item[]) => Promise<Item[]>;
  putFile: (key: string, body: Uint8Array) => Promise<void>;
};

type Kept = { entry: Entry; rows: TraceRows };

const FILES_AT_ONCE = 8;

/**
 * Keeps lines under their transaction ids: in the table, or, as far as it does not take them, on the queue that is
 * worked off beside the stream. Answers the lines of which anything could not be kept, and why.
 */
export const makeKeepTraces = ({ putRows, sendRows, putFile }: KeepTracesDeps) => {
  const putObjects = async (all: readonly Kept[], failed: Map<Entry, unknown>): Promise<void> => {
    await inParallel(
      all.filter(({ rows }) => rows.object !== undefined),
      FILES_AT_ONCE,
      async ({ entry, rows: { object } }) => {
        if (object === undefined) return;
        await putFile(object.key, object.body).catch((error: unknown) => void failed.set(entry, error));
      },
    );
  };

  return async (entries: readonly Entry[]): Promise<Map<Entry, unknown>> => {
    const failed = new Map<Entry, unknown>();
    const all = entries.map((entry): Kept => ({ entry, rows: traceRowsOf(entry.line, entry.json) }));
    // A row that names an object comes after the object.
    await putObjects(all, failed);
    const owners = new Map<Item, Entry>();
    for (const { entry, rows } of all) {
      if (failed.has(entry)) continue;
      for (const item of rows.items) owners.set(item, entry);
    }
    if (owners.size === 0) return failed;
    const items = [...owners.keys()];
    const refused = await putRows(items).catch(() => items);
    if (refused.length === 0) return failed;
    let reason: unknown;
    const missing = await sendRows(refused).catch((error: unknown) => {
      reason = error;
      return refused;
    });
    for (const item of missing) {
      const entry = owners.get(item);
      if (entry) failed.set(entry, toAppError(reason ?? new Error("the queue logs-traces refused rows")));
    }
    return failed;
  };
};
