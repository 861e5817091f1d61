import { type AttributeValue, BatchGetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Refused, sendInBatches } from "#common/aws/batch.ts";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type EventItem, eventFromItem } from "#common/events/event-item.ts";
import { eventKey } from "#common/events/keys.ts";
import type { Item } from "#common/events/store.ts";

const toItem = (attributes: Record<string, AttributeValue>): Item => ({
  pk: "",
  sk: "",
  ...Object.fromEntries(
    Object.entries(attributes).map(([name, { S, N }]) => [name, S ?? (N === undefined ? "" : Number(N))]),
  ),
});

/** Those of the events that the table `events` has, read consistently (100 a call). */
export const storedEvents = async (
  table: string,
  organizationId: string,
  eventIds: readonly string[],
): Promise<EventItem[]> => {
  const found: EventItem[] = [];
  const refused = await sendInBatches(eventIds, {
    countMax: 100,
    parallelMax: 5,
    send: async (ids) => {
      const Keys = ids.map((eventId) => {
        const { pk, sk } = eventKey(organizationId, eventId);
        return { pk: { S: pk }, sk: { S: sk } };
      });
      const { Responses = {}, UnprocessedKeys = {} } = await dynamodb().send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
      );
      found.push(...(Responses[table] ?? []).map((item) => eventFromItem(organizationId, toItem(item))));
      const left = new Set(UnprocessedKeys[table]?.Keys?.map(({ pk }) => pk?.S));
      return ids
        .filter((eventId) => left.has(eventKey(organizationId, eventId).pk))
        .map((item): Refused<string> => ({ item, code: "Unprocessed", reason: "not read", retry: true }));
    },
  });
  const [first] = refused;
  if (first) throw new AppError("DEPENDENCY_FAILED", { internal: `${first.code}: ${first.reason}` });
  return found;
};
