import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type ConsumedCapacity,
  DeleteItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { tableClient } from "./dynamodb-client.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";

/** The units that AWS's developer guide and the examples of its command line name. */
export const describeDynamoDbCapacity = (start: StartEmulator) =>
  describe("DynamoDB, consumed capacity", () => {
    const clients = useEmulator(start);
    const { make, keyOf } = tableClient(clients);
    const kilobytes = (count: number) => ({ x: { S: "x".repeat(count * 1024 - 40) } });
    const ReturnConsumedCapacity = "INDEXES";

    it("of a batch of writes is one unit for each kilobyte, with what the indexes cost", async () => {
      const table = await make();

      const { ConsumedCapacity } = await clients().dynamodb.send(
        new BatchWriteItemCommand({
          ReturnConsumedCapacity,
          RequestItems: {
            [table]: [
              { PutRequest: { Item: { ...keyOf("1"), ...kilobytes(3) } } },
              { PutRequest: { Item: { ...keyOf("2"), state: { S: "open" } } } },
              { DeleteRequest: { Key: keyOf("3") } },
            ],
          },
        }),
      );

      expect(ConsumedCapacity).toEqual([
        {
          TableName: table,
          CapacityUnits: 6,
          Table: { CapacityUnits: 5 },
          GlobalSecondaryIndexes: { byState: { CapacityUnits: 1 } },
        },
      ]);
    });

    it("of a batch of reads is half a unit for each four kilobytes, a line for each table", async () => {
      const [one, two] = [await make(), await make()];
      await clients().dynamodb.send(
        new PutItemCommand({ TableName: one, Item: { ...keyOf("1"), ...kilobytes(6) } }),
      );

      const { ConsumedCapacity } = await clients().dynamodb.send(
        new BatchGetItemCommand({
          ReturnConsumedCapacity: "TOTAL",
          RequestItems: { [one]: { Keys: [keyOf("1")] }, [two]: { Keys: [keyOf("none")] } },
        }),
      );

      expect(ConsumedCapacity).toEqual(
        expect.arrayContaining([
          { TableName: one, CapacityUnits: 1 },
          { TableName: two, CapacityUnits: 0.5 },
        ]),
      );
    });

    it("of a transaction is twice that of its writes, and says that it wrote", async () => {
      const table = await make();
      const ClientRequestToken = `capacity-${table}`.slice(0, 36);
      const transact = () =>
        clients().dynamodb.send(
          new TransactWriteItemsCommand({
            ClientRequestToken,
            ReturnConsumedCapacity: "TOTAL",
            TransactItems: [
              { Put: { TableName: table, Item: { ...keyOf("1"), ...kilobytes(2) } } },
              { Put: { TableName: table, Item: { ...keyOf("2"), state: { S: "open" } } } },
              {
                ConditionCheck: {
                  TableName: table,
                  Key: keyOf("3"),
                  ConditionExpression: "attribute_not_exists(id)",
                },
              },
            ],
          }),
        );

      const first = await transact();
      const again = await transact();

      // 2 + 1 for the items, 1 for the index and 1 for the check, each twice.
      expect(first.ConsumedCapacity).toEqual([
        { TableName: table, CapacityUnits: 10, WriteCapacityUnits: 10 },
      ]);
      // A repetition with the same token reads.
      expect(again.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 6, ReadCapacityUnits: 6 }]);
    });

    it("of a transaction of reads is twice that of strongly consistent reads", async () => {
      const table = await make();
      await clients().dynamodb.send(
        new PutItemCommand({ TableName: table, Item: { ...keyOf("1"), ...kilobytes(6) } }),
      );

      const { ConsumedCapacity } = await clients().dynamodb.send(
        new TransactGetItemsCommand({
          ReturnConsumedCapacity: "TOTAL",
          TransactItems: ["1", "none"].map((id) => ({ Get: { TableName: table, Key: keyOf(id) } })),
        }),
      );

      expect(ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 6, ReadCapacityUnits: 6 }]);
    });

    it("of a write counts what it changes in an index, and nothing where nothing changes", async () => {
      const TableName = await make();
      const unitsOf = ({ ConsumedCapacity }: { ConsumedCapacity?: ConsumedCapacity | undefined }) =>
        ConsumedCapacity?.CapacityUnits;
      const asked = { TableName, ReturnConsumedCapacity: "TOTAL" } as const;
      const Item = { ...keyOf("1"), state: { S: "open" } };
      const set = (value: string) =>
        clients().dynamodb.send(
          new UpdateItemCommand({
            ...asked,
            Key: keyOf("1"),
            UpdateExpression: "SET #s = :s",
            ExpressionAttributeNames: { "#s": "state" },
            ExpressionAttributeValues: { ":s": { S: value } },
          }),
        );

      const made = await clients().dynamodb.send(new PutItemCommand({ ...asked, Item }));
      const same = await set("open");
      const moved = await set("done");
      const removed = await clients().dynamodb.send(new DeleteItemCommand({ ...asked, Key: keyOf("1") }));

      expect([made, same, moved, removed].map(unitsOf)).toEqual([2, 1, 3, 2]);
    });

    it("is answered only to a caller who asks", async () => {
      const table = await make();

      const answer = await clients().dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table, Item: keyOf("1") } }],
        }),
      );

      expect(answer.ConsumedCapacity).toBeUndefined();
    });
  });
