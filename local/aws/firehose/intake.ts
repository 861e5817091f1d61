import type { TransformBatch } from "../../seams.ts";
import type { Stored } from "./store.ts";
import type { StreamSettings } from "./stream.ts";

/** A batch's records are base64 in an event of at most 6 MB. */
const RECORDS_MAX = 10_000;

/**
 * Records of one stream that wait for its function. They are handed out when the first has waited long enough or
 * there are enough of them.
 */
export const makeIntake = ({ transformMs, transformBytes, name }: StreamSettings) => {
  let waiting: Stored[] = [];
  let first = 0;
  let bytes = 0;
  let since = 0;
  const taken = new Map<TransformBatch, Stored[]>();
  const wakers = new Set<() => void>();

  const wake = () => {
    for (const waker of [...wakers]) waker();
  };

  const dueIn = (): number => {
    if (first === waiting.length) return Number.POSITIVE_INFINITY;
    return bytes >= transformBytes ? 0 : Math.max(0, since + transformMs - performance.now());
  };

  const cut = (): TransformBatch => {
    let size = 0;
    let end = first;
    while (end < waiting.length && end - first < RECORDS_MAX) {
      const next = waiting[end]?.data.length ?? 0;
      if (end > first && size + next > transformBytes) break;
      size += next;
      end += 1;
    }
    const records = waiting.slice(first, end);
    first = end;
    bytes -= size;
    since = performance.now();
    if (first === waiting.length) {
      waiting = [];
      first = 0;
    }
    const batch = { stream: name, records };
    taken.set(batch, records);
    return batch;
  };

  const add = (records: readonly Stored[]): void => {
    if (first === waiting.length) since = performance.now();
    for (const record of records) {
      waiting.push(record);
      bytes += record.data.length;
    }
    wake();
  };

  const take = async (waitMs: number, signal: AbortSignal): Promise<TransformBatch | undefined> => {
    const closes = performance.now() + waitMs;
    while (!signal.aborted) {
      const due = dueIn();
      if (due <= 0) return cut();
      const left = Math.min(due, closes - performance.now());
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          wakers.delete(end);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, left);
        wakers.add(end);
        signal.addEventListener("abort", end);
      });
    }
    return undefined;
  };

  return {
    add,
    take,
    /** The stored records of a batch that was handed out; none when it is done. */
    taken: (batch: TransformBatch): Stored[] => taken.get(batch) ?? [],
    /** The batch is settled: what came of its records is on disk. */
    done: (batch: TransformBatch): void => void taken.delete(batch),
    waiting: (): number =>
      waiting.length - first + [...taken.values()].reduce((sum, { length }) => sum + length, 0),
  };
};
