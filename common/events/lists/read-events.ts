import type { Item, Table } from "#common/table/table.ts";
import { eventKey } from "../keys.ts";
import { makeBlockProof } from "./block-proof.ts";
import { type EventItem, eventFromItem } from "./event-item.ts";
import { readDetails } from "./large-detail.ts";
import { noteUnreadable } from "./unreadable.ts";

const readItem = (organizationId: string, item: Item): EventItem[] => {
  try {
    return [eventFromItem(organizationId, item)];
  } catch (error) {
    noteUnreadable(organizationId, "an event's item", error);
    return [];
  }
};

/**
 * An event by its id, only if the block that it names knows of it: no chain is asked for what else stands under such
 * a key, so a verification cannot find it. Costs the reading of that block, of at most 300 KB and mostly one or two.
 */
export const readProvenEvent = async (
  store: Pick<Table, "get" | "getMany">,
  organizationId: string,
  eventId: string,
): Promise<EventItem | undefined> => {
  const item = await store.get(eventKey(organizationId, eventId));
  if (!item) return undefined;
  if (await makeBlockProof(store, organizationId).isEvent(item)) {
    const [found] = await withDetails(store, organizationId, readItem(organizationId, item));
    return found;
  }
  noteUnreadable(organizationId, "an event's item that is not as its block says");
  return undefined;
};

const withDetails = async (
  store: Pick<Table, "getMany">,
  organizationId: string,
  found: readonly EventItem[],
): Promise<EventItem[]> => {
  const digests = found.flatMap(({ digest }) => digest ?? []);
  const details = await readDetails(store, organizationId, digests);
  return found.map((one) => {
    const detail = one.digest === undefined ? undefined : details.get(one.digest);
    return detail === undefined ? one : { ...one, event: { ...one.event, detail } };
  });
};

/**
 * Events by their ids, whole, with what proves them; an id that is not there, or whose item cannot be read, is not in
 * the answer.
 */
export const readEvents = async (
  store: Pick<Table, "getMany">,
  organizationId: string,
  eventIds: readonly string[],
): Promise<Map<string, EventItem>> => {
  if (eventIds.length === 0) return new Map();
  const items = await store.getMany(eventIds.map((eventId) => eventKey(organizationId, eventId)));
  const found = items.flatMap((item) => readItem(organizationId, item));
  const whole = await withDetails(store, organizationId, found);
  return new Map(whole.map((one) => [one.event.eventId, one]));
};
