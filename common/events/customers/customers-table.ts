import {
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import type { Item, Key } from "#common/table/table.ts";
import type { CustomerTable, Write } from "./customers.ts";

const toKey = ({ pk, sk }: Key) => ({ pk: { S: pk }, sk: { S: sk } });

/** Customers' items hold texts and numbers only. */
const toWire = (item: Item) =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === "number" ? { N: String(value) } : { S: String(value) },
    ]),
  );

const conditionOf = (version: number | undefined) =>
  version === undefined
    ? {}
    : version === 0
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "#version = :version",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":version": { N: String(version) } },
        };

const toTransactItem = (TableName: string, write: Write): TransactWriteItem =>
  "put" in write
    ? { Put: { TableName, Item: toWire(write.put), ...conditionOf(write.version) } }
    : { Delete: { TableName, Key: toKey(write.remove), ...conditionOf(write.version) } };

/** A condition that failed, or another transaction on the same items: read again and try again. */
const LOST = new Set(["ConditionalCheckFailed", "TransactionConflict"]);

/** Customers in the table `events`. */
export const customerTable = (table: string): CustomerTable => {
  const { get, getMany, queryPage } = dynamodbTable(table);
  return {
    get,
    getMany,
    queryPage,
    transact: async (writes) => {
      const TransactItems = writes.map((write) => toTransactItem(table, write));
      try {
        // The SDK draws one token for all its tries of a call: what got through once is not refused by its own version.
        await dynamodb().send(new TransactWriteItemsCommand({ TransactItems }));
        return true;
      } catch (error) {
        const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
        if (reasons?.some(({ Code = "" }) => LOST.has(Code))) return false;
        throw error;
      }
    },
  };
};
