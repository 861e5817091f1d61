import {
  type Put,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { type Condition, type Key, keyOfWrite, type TransactionResult, type Write } from "./table.ts";
import { toKey, toWire } from "./wire.ts";

type Expression = Pick<Put, "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues">;

const conditionOf = ({ absent, version }: Condition): Expression =>
  absent
    ? { ConditionExpression: "attribute_not_exists(pk)" }
    : version === undefined
      ? {}
      : {
          ConditionExpression: "#version = :version",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":version": { N: String(version) } },
        };

const toTransactItem = (TableName: string, write: Write): TransactWriteItem => {
  if ("put" in write) return { Put: { TableName, Item: toWire(write.put), ...conditionOf(write) } };
  if ("remove" in write) return { Delete: { TableName, Key: toKey(write.remove), ...conditionOf(write) } };
  const { ConditionExpression, ...values } = conditionOf(write);
  if (ConditionExpression === undefined) throw new Error("a check needs a condition");
  return { ConditionCheck: { TableName, Key: toKey(write.check), ConditionExpression, ...values } };
};

/** A condition that did not hold, or another transaction on the same item: the caller reads and decides again. */
const LOST = new Set(["ConditionalCheckFailed", "TransactionConflict"]);

/** `Table.transact` in DynamoDB; `tableOf` names the table in which an item of this key stands. */
export const transactWrites = async (
  tableOf: (key: Key) => string,
  writes: readonly Write[],
): Promise<TransactionResult> => {
  const TransactItems = writes.map((write) => toTransactItem(tableOf(keyOfWrite(write)), write));
  try {
    // The SDK draws one token for all its tries of a call, so a try that got through is not refused by
    // the conditions that it made false itself.
    await dynamodb().send(new TransactWriteItemsCommand({ TransactItems }));
    return { done: true };
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const lost = reasons.flatMap(({ Code = "" }, place) => (LOST.has(Code) ? [place] : []));
    if (lost.length === 0) throw error;
    return { done: false, lost };
  }
};
