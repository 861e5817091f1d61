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
import { withRawAnswer } from "./raw-answer.ts";
import { withRawBody } from "./raw-body.ts";
import type { Item, Table } from "./table.ts";
import { transactWrites } from "./transact-writes.ts";
import { fromWire, fromWireJson, toKey, toWire, type WireJson, wirePlainItem } from "./wire.ts";

const mustBeNone = (refused: readonly Refused<unknown>[]): void => {
  const [first] = refused;
  if (!first) return;
  throw new AppError("DEPENDENCY_FAILED", {
    internal: `${refused.length} items, the first with ${first.code}: ${first.reason}`,
  });
};

type BatchGetAnswer = {
  Responses?: Record<string, WireJson[]>;
  UnprocessedKeys?: Record<string, { Keys?: WireJson[] }>;
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
    const named = new Map(keys.map(({ pk, sk }) => [`${pk}\n${sk}`, wirePlainItem({ pk, sk })]));
    const found: Item[] = [];
    const refused = await sendInBatches([...named.values()], {
      countMax: 100,
      send: async (part) => {
        const { command, text } = withRawAnswer(
          withRawBody(
            new BatchGetItemCommand({ RequestItems: {} }),
            `{"RequestItems":{${JSON.stringify(TableName)}:{"Keys":[${part.join()}],"ConsistentRead":${consistent}}}}`,
          ),
        );
        await dynamodb().send(command);
        const { Responses = {}, UnprocessedKeys = {} } = JSON.parse(text()) as BatchGetAnswer;
        for (const item of Responses[TableName] ?? []) found.push(fromWireJson(item));
        return (UnprocessedKeys[TableName]?.Keys ?? []).map((key) => ({
          item: JSON.stringify(key),
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
