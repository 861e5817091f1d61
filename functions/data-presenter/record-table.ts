import { type AttributeValue, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "#common/aws/dynamodb.ts";
import type { DataRecord } from "#common/data/record.ts";
import type { RecordReader } from "./present-records.ts";

const toRecord = (item: Record<string, AttributeValue>): DataRecord => ({
  id: item.id?.S ?? "",
  createdAt: item.createdAt?.S ?? "",
  data: item.data?.S ?? "null",
});

/** Reads the table `records`. */
export const recordTable = (TableName: string): RecordReader => ({
  get: async (owner, id) => {
    const { Item } = await dynamodb().send(
      new GetItemCommand({ TableName, Key: { owner: { S: owner }, id: { S: id } } }),
    );
    return Item ? toRecord(Item) : undefined;
  },

  newest: async (owner, count, before) => {
    const records: DataRecord[] = [];
    let ExclusiveStartKey = before === undefined ? undefined : { owner: { S: owner }, id: { S: before } };
    // DynamoDB cuts a page at 1 MB, which four records of 256 KB are.
    do {
      const { Items = [], LastEvaluatedKey } = await dynamodb().send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "#owner = :owner",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":owner": { S: owner } },
          ScanIndexForward: false,
          Limit: count - records.length,
          ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
        }),
      );
      records.push(...Items.map(toRecord));
      ExclusiveStartKey = LastEvaluatedKey as typeof ExclusiveStartKey;
    } while (ExclusiveStartKey && records.length < count);
    return records;
  },
});
