import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Refused, sendInBatches } from "./batch.ts";
import { CLIENT_DEFAULTS, rememberClient } from "./clients.ts";

let client: DynamoDBClient | undefined;
export const dynamodb = (): DynamoDBClient => {
  client ??= rememberClient(new DynamoDBClient(CLIENT_DEFAULTS));
  return client;
};

export type Item = Record<string, AttributeValue>;

/** Rough wire size: good enough to keep a call of 25 under 16 MB. */
const bytesOf = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + (value.S?.length ?? value.N?.length ?? 256) + 16,
    0,
  );

/**
 * Puts items (25 and 16 MB a call), each whole, replacing what stood under its key; answers those that
 * the table does not have. DynamoDB refuses two items with one key in one call: the caller
 * must not give them.
 */
export const putItems = (table: string, items: readonly Item[]): Promise<Refused<Item>[]> =>
  sendInBatches(items, {
    countMax: 25,
    bytesMax: 15_000_000,
    bytesOf,
    send: async (part) => {
      const { UnprocessedItems = {} } = await dynamodb().send(
        new BatchWriteItemCommand({
          RequestItems: { [table]: part.map((Item) => ({ PutRequest: { Item } })) },
        }),
      );
      return (UnprocessedItems[table] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item
          ? [
              {
                item: PutRequest.Item,
                code: "Unprocessed",
                reason: "DynamoDB left it unprocessed",
                retry: true,
              },
            ]
          : [],
      );
    },
  });
