import type { Table } from "#common/table/table.ts";
import { digestOf } from "../chain/hash.ts";
import { fromRunEntry } from "../event.ts";
import { readEvents } from "../lists/read-events.ts";
import type { EventQuery, Position } from "../read/event-query.ts";
import { type Match, matches } from "../read/matches.ts";
import type { ExportedEvent } from "./formats.ts";

export type ExportStore = Pick<Table, "queryPage" | "getMany">;

/** What one BatchGetItem takes. */
const BATCH = 100;

/** Batches that are completed while the one before is written. Each holds 100 events: 6 MB of the largest. */
const AHEAD = 8;

async function* inBatches<T>(source: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const one of source) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * The results in the order of what they are of, up to `ahead` of them under way. When the source fails,
 * what it gave before comes first.
 */
async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  ahead: number,
  work: (one: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  const items = source[Symbol.asyncIterator]();
  let failure: { error: unknown } | undefined;
  try {
    for (;;) {
      const next = await items.next().catch((error: unknown) => {
        failure = { error };
        return { done: true, value: undefined } as const;
      });
      if (next.done) break;
      const result = work(next.value);
      // Whoever takes the results meets the failure; until then it is nobody's.
      result.catch(() => {});
      underWay.push(result);
      const first = underWay.length < ahead ? undefined : underWay.shift();
      if (first) yield await first;
    }
    for (const result of underWay) yield await result;
    if (failure) throw failure.error;
  } finally {
    await items.return?.();
  }
}

/** Whole events; with `provable` each with its salt, or its digest where the text no longer gives it. */
const complete = async (
  store: ExportStore,
  organizationId: string,
  found: readonly Match[],
  provable: boolean,
): Promise<ExportedEvent[]> => {
  const ids = found.flatMap(({ entry }) => (provable || entry.detailElsewhere ? [entry.eventId] : []));
  const whole = await readEvents(store, organizationId, ids);
  return found.map(({ entry, chain }) => {
    const item = whole.get(entry.eventId);
    if (!item) return fromRunEntry(organizationId, chain, entry);
    if (!provable) return item.event;
    const { event, salt, digest } = item;
    const textGone = digest !== undefined && (salt === "" || digestOf(salt, event) !== digest);
    return { ...event, salt, ...(textGone ? { digest } : {}) };
  });
};

/**
 * Every event of the query, in its order, in batches of up to 100, in bounded memory; from behind
 * `after` if that is given.
 */
export async function* exportedEvents(
  store: ExportStore,
  query: EventQuery,
  { provable, after }: { provable: boolean; after?: Position | undefined },
): AsyncGenerator<ExportedEvent[]> {
  const found = matches(store, query, { after });
  yield* mapAhead(inBatches(found, BATCH), AHEAD, (batch) =>
    complete(store, query.organizationId, batch, provable),
  );
}
