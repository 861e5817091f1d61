import {
  type AttributeValue,
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
import type { Item, ItemValue, Key, Table } from "./table.ts";
import { wirePlainItem } from "./wire.ts";

type WireItem = Record<string, AttributeValue>;

const toKey = ({ pk, sk }: Key): WireItem => ({ pk: { S: pk }, sk: { S: sk } });

const toWire = (item: Item): WireItem =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => [
      name,
      typeof value === "string"
        ? { S: value }
        : typeof value === "number"
          ? { N: String(value) }
          : { B: value },
    ]),
  );

/** Attributes of other kinds are not the events service's and are left out. */
const fromWire = (wire: WireItem): Item => {
  const item: Record<string, ItemValue> = {};
  for (const [name, { S, N, B }] of Object.entries(wire)) {
    const value = S ?? B ?? (N === undefined ? undefined : Number(N));
    if (value !== undefined) item[name] = value;
  }
  return { pk: "", sk: "", ...item };
};

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

/** The table `events`. */
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

  queryPage: async ({ pk, from, to, order = "asc", limit, after, consistent = false }) => {
    const bounds =
      from !== undefined && to !== undefined
        ? " AND sk BETWEEN :from AND :to"
        : from !== undefined
          ? " AND sk >= :from"
          : to !== undefined
            ? " AND sk <= :to"
            : "";
    const { Items = [], LastEvaluatedKey } = await dynamodb().send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: `pk = :pk${bounds}`,
        ExpressionAttributeValues: {
          ":pk": { S: pk },
          ...(from === undefined ? {} : { ":from": { S: from } }),
          ...(to === undefined ? {} : { ":to": { S: to } }),
        },
        ScanIndexForward: order === "asc",
        ConsistentRead: consistent,
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(after === undefined ? {} : { ExclusiveStartKey: toKey({ pk, sk: after }) }),
      }),
    );
    const next = LastEvaluatedKey?.sk?.S;
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
});
