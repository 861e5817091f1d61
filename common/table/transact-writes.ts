import { randomUUID } from "node:crypto";
import { TransactionCanceledException, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { withRawBody } from "./raw-body.ts";
import { type Condition, type Key, keyOfWrite, type TransactionResult, type Write } from "./table.ts";
import { wirePlainItem } from "./wire.ts";

/** The members of a write that state its condition, each with a comma before it. */
const conditionText = ({ absent, version }: Condition): string =>
  absent
    ? ',"ConditionExpression":"attribute_not_exists(pk)"'
    : version === undefined
      ? ""
      : `,"ConditionExpression":"#version = :version","ExpressionAttributeNames":{"#version":"version"},"ExpressionAttributeValues":{":version":{"N":"${version}"}}`;

const writeText = (tableName: string, write: Write): string => {
  const table = `"TableName":${JSON.stringify(tableName)}`;
  const condition = conditionText(write);
  if ("put" in write) return `{"Put":{${table},"Item":${wirePlainItem(write.put)}${condition}}}`;
  const { pk, sk } = keyOfWrite(write);
  const key = `"Key":${wirePlainItem({ pk, sk })}`;
  if ("remove" in write) return `{"Delete":{${table},${key}${condition}}}`;
  if (condition === "") throw new Error("a check needs a condition");
  return `{"ConditionCheck":{${table},${key}${condition}}}`;
};

/** A condition that did not hold, or another transaction on the same item: the caller reads and decides again. */
const LOST = new Set(["ConditionalCheckFailed", "TransactionConflict"]);

/** `Table.transact` in DynamoDB; `tableOf` names the table in which an item of this key stands. */
export const transactWrites = async (
  tableOf: (key: Key) => string,
  writes: readonly Write[],
): Promise<TransactionResult> => {
  const items = writes.map((write) => writeText(tableOf(keyOfWrite(write)), write)).join();
  // One token for all tries of the SDK, so that a try that got through is not refused by the conditions that it
  // made false itself.
  const body = `{"TransactItems":[${items}],"ClientRequestToken":"${randomUUID()}"}`;
  try {
    await dynamodb().send(withRawBody(new TransactWriteItemsCommand({ TransactItems: [] }), body));
    return { done: true };
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const lost = reasons.flatMap(({ Code = "" }, place) => (LOST.has(Code) ? [place] : []));
    if (lost.length === 0) throw error;
    return { done: false, lost };
  }
};
