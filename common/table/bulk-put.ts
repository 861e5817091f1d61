import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { type BatchOptions, type Refused, sendInBatches } from "#common/aws/batch.ts";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { withRawBody } from "./raw-body.ts";
import { wireItem } from "./wire.ts";

/**
 * Puts items that are already DynamoDB JSON (`wirePlainItem`, `wireItem`), 25 and 16 MB a call, each
 * whole, replacing what stood under its key; answers those that the table does not have. The fast way
 * for bulk writes. `attemptsMax`: calls for one item at the most. DynamoDB refuses two items with one key in one call: the caller must not give them.
 */
export const putWireItems = (
  table: string,
  items: readonly string[],
  options: Pick<BatchOptions<string>, "attemptsMax"> = {},
): Promise<Refused<string>[]> =>
  sendInBatches(items, {
    ...options,
    countMax: 25,
    bytesMax: 15_000_000,
    bytesOf: (item) => item.length,
    send: async (part) => {
      const puts = part.map((item) => `{"PutRequest":{"Item":${item}}}`).join();
      const { UnprocessedItems = {} } = await dynamodb().send(
        withRawBody(
          new BatchWriteItemCommand({ RequestItems: {} }),
          `{"RequestItems":{${JSON.stringify(table)}:[${puts}]}}`,
        ),
      );
      return (UnprocessedItems[table] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item
          ? [
              {
                item: wireItem(PutRequest.Item),
                code: "Unprocessed",
                reason: "DynamoDB left it unprocessed",
                retry: true,
              },
            ]
          : [],
      );
    },
  });
