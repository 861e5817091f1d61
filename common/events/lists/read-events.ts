import type { Table } from "#common/table/table.ts";
import { eventKey } from "../keys.ts";
import { type EventItem, eventFromItem } from "./event-item.ts";
import { readDetails } from "./large-detail.ts";

/** Events by their ids, whole, with what proves them; an id that is not there is not in the answer. */
export const readEvents = async (
  store: Pick<Table, "getMany">,
  organizationId: string,
  eventIds: readonly string[],
): Promise<Map<string, EventItem>> => {
  if (eventIds.length === 0) return new Map();
  const items = await store.getMany(eventIds.map((eventId) => eventKey(organizationId, eventId)));
  const found = items.map((item) => eventFromItem(organizationId, item));
  const details = await readDetails(
    store,
    organizationId,
    found.flatMap(({ digest }) => digest ?? []),
  );
  return new Map(
    found.map((one) => {
      const detail = one.digest === undefined ? undefined : details.get(one.digest);
      const event = detail === undefined ? one.event : { ...one.event, detail };
      return [event.eventId, { ...one, event }];
    }),
  );
};
