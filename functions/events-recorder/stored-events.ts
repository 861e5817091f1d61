import { eventKey } from "#common/events/keys.ts";
import { eventFromItem } from "#common/events/lists/event-item.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import type { RecordEventsDeps } from "./record-events.ts";

/** Looks events up in the table `events`. Consistently: what was stored a moment ago is a conflict too. */
export const storedEvents = (table: string): RecordEventsDeps["findStored"] => {
  const store = dynamodbTable(table);
  return async (organizationId, eventIds) => {
    const keys = eventIds.map((eventId) => eventKey(organizationId, eventId));
    const items = await store.getMany(keys, { consistent: true });
    return items.map((item) => eventFromItem(organizationId, item));
  };
};
