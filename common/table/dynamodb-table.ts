import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { type Refused, sendInBatches } from "#common/aws/batch.ts";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { AppError } from "#common/errors/app-error.ts";
import { putWireItems } from "./bulk-put.ts";
import { nextOf, queryInput } from "./query-input.ts";
import type { Item, Table } from "./table.ts";
import { transactWrites } from "./transact-writes.ts";
import { fromWire, toKey, toWire, wirePlainItem } from "./wire.ts";

const mustBeNone = (refused: readonly Refused<unknown>[]): void => {
  const [first] = refused;
  if (!first) return;
  throw new AppError("DEPENDENCY_FAILED", {
    internal: `${refused.length} items, the first with ${first.code}: ${first.reason}`,
  });
};

/** The condition of a put that failed; anything else that was thrown is thrown on. */
const failedCondition = (error: unknown): ConditionalCheckFailedException => {
  if (error instanceof ConditionalCheckFailedException) return error;
  throw error;
};

/** A table with the keys `pk` and `sk`, both texts, in DynamoDB. */
export const dynamodbTable = (TableName: string): Table => ({
  get: async (key, { consistent = false } = {}) => {
    const { Item } = await dynamodb().send(
      new GetItemCommand({ TableName, Key: toKey(key), ConsistentRead: consistent }),
    );
    return Item && fromWire(Item);
  },

  getMany: async (keys, { consistent = false } = {}) => {
    const named = new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, toKey(key)]));
    const found: Item[] = [];
    const refused = await sendInBatches([...named.values()], {
      countMax: 100,
      send: async (part) => {
        const { Responses = {}, UnprocessedKeys = {} } = await dynamodb().send(
          new BatchGetItemCommand({
            RequestItems: { [TableName]: { Keys: part, ConsistentRead: consistent } },
          }),
        );
        found.push(...(Responses[TableName] ?? []).map(fromWire));
        return (UnprocessedKeys[TableName]?.Keys ?? []).map((item) => ({
          item,
          code: "Unprocessed",
          reason: "DynamoDB left it unprocessed",
          retry: true,
        }));
      },
    });
    mustBeNone(refused);
    return found;
  },

  queryPage: async (options) => {
    const { Items = [], LastEvaluatedKey } = await dynamodb().send(
      new QueryCommand({ TableName, ...queryInput(options) }),
    );
    const next = LastEvaluatedKey && nextOf(fromWire(LastEvaluatedKey), options.index);
    return { items: Items.map(fromWire), ...(next === undefined ? {} : { next }) };
  },

  putIfAbsent: async (item) => {
    try {
      await dynamodb().send(
        new PutItemCommand({
          TableName,
          Item: toWire(item),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
      return true;
    } catch (error) {
      failedCondition(error);
      return false;
    }
  },

  putAll: async (items) => mustBeNone(await putWireItems(TableName, items.map(wirePlainItem))),

  putIfVersion: async (item, version) => {
    try {
      await dynamodb().send(
        new PutItemCommand({
          TableName,
          Item: toWire(item),
          ...(version === 0
            ? { ConditionExpression: "attribute_not_exists(pk)" }
            : {
                ConditionExpression: "version = :version",
                ExpressionAttributeValues: { ":version": { N: String(version) } },
              }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { done: true };
    } catch (error) {
      const { Item } = failedCondition(error);
      return { done: false, ...(Item ? { present: fromWire(Item) } : {}) };
    }
  },

  transact: (writes) => transactWrites(() => TableName, writes),
});
