import { inBatches } from "#common/async/in-batches.ts";
import { mapAhead } from "#common/async/map-ahead.ts";
import type { Table } from "#common/table/table.ts";
import { digestOf } from "../chain/hash.ts";
import { fromRunEntry } from "../event.ts";
import { readEvents } from "../lists/read-events.ts";
import type { EventQuery, Position } from "../read/event-query.ts";
import { type Match, matches } from "../read/matches.ts";
import type { ExportedEvent } from "./formats.ts";

export type ExportStore = Pick<Table, "get" | "queryPage" | "getMany">;

/** What one BatchGetItem takes. */
const BATCH = 100;

/** Batches that are completed while the one before is written. Each holds 100 events: 6 MB of the largest. */
const AHEAD = 8;

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
