import type { Table } from "#common/table/table.ts";
import { fromRunEntry, type StoredEvent } from "../event.ts";
import { readEvents } from "../lists/read-events.ts";
import type { Match } from "./matches.ts";

/**
 * Matches as the API answers them, in the same order. A list leaves out details that would make it long;
 * those events are read themselves, all of them at once: give it a page, not a history.
 */
export const completeEvents = async (
  store: Table,
  organizationId: string,
  matches: readonly Match[],
): Promise<StoredEvent[]> => {
  const elsewhere = matches.flatMap(({ entry }) => (entry.detailElsewhere ? [entry.eventId] : []));
  const whole = await readEvents(store, organizationId, elsewhere);
  return matches.map(
    ({ entry, chain }) => whole.get(entry.eventId)?.event ?? fromRunEntry(organizationId, chain, entry),
  );
};
