import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { type Clients, eventually } from "../testing/port.ts";
import { freshName } from "./emulator.ts";

/** A table with a key of two parts and one index, and what most tests do with it. */
export const tableClient = (clients: () => Clients) => {
  const keyOf = (id: string) => ({ owner: { S: "o" }, id: { S: id } });
  return {
    keyOf,
    make: async (more: Partial<CreateTableCommandInput> = {}) => {
      const TableName = freshName("table");
      await clients().dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [
            { AttributeName: "owner", AttributeType: "S" },
            { AttributeName: "id", AttributeType: "S" },
            { AttributeName: "state", AttributeType: "S" },
          ],
          KeySchema: [
            { AttributeName: "owner", KeyType: "HASH" },
            { AttributeName: "id", KeyType: "RANGE" },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: "byState",
              KeySchema: [
                { AttributeName: "state", KeyType: "HASH" },
                { AttributeName: "id", KeyType: "RANGE" },
              ],
              Projection: { ProjectionType: "ALL" },
            },
          ],
          ...more,
        }),
      );
      await eventually(async () => {
        const { Table } = await clients().dynamodb.send(new DescribeTableCommand({ TableName }));
        return Table?.TableStatus === "ACTIVE";
      });
      return TableName;
    },
    put: (TableName: string, id: string, more = {}) =>
      clients().dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(id), ...more } })),
    /** Ids of the items in this state, as the index has them. */
    byState: async (TableName: string, state: string) => {
      const { Items = [] } = await clients().dynamodb.send(
        new QueryCommand({
          TableName,
          IndexName: "byState",
          KeyConditionExpression: "#s = :s",
          ExpressionAttributeNames: { "#s": "state" },
          ExpressionAttributeValues: { ":s": { S: state } },
        }),
      );
      return Items.map(({ id }) => id?.S);
    },
    get: async (TableName: string, id: string) => {
      const { Item } = await clients().dynamodb.send(
        new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true }),
      );
      return Item;
    },
  };
};
