import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { dynamodb } from "#common/aws/dynamodb.ts";
import type { IdempotencyStore, Remembered } from "./idempotency.ts";

const KEPT_SECONDS = 24 * 60 * 60;

const fromItem = (item: Record<string, AttributeValue>): Remembered => ({
  bodyHash: item.bodyHash?.S ?? "",
  attempt: { id: item.attemptId?.S ?? "", time: item.attemptTime?.S ?? "" },
  lockedUntilMs: Number(item.lockedUntil?.N ?? 0),
  ...(item.answer?.S ? { answer: JSON.parse(item.answer.S) } : {}),
});

/** Without this an update of an item that is gone would make one that never expires. */
const mine = (lockedUntilMs: number, more: Record<string, AttributeValue> = {}) => ({
  ConditionExpression: "lockedUntil = :mine AND attribute_not_exists(answer)",
  ExpressionAttributeValues: { ":mine": { N: String(lockedUntilMs) }, ...more },
});

/** Writes if the lock is still the caller's; if not, another request decides how it ends. */
const ifMine = async (command: UpdateItemCommand | DeleteItemCommand): Promise<void> => {
  try {
    await (command instanceof UpdateItemCommand ? dynamodb().send(command) : dynamodb().send(command));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** The store in the table `idempotency`: one item for each scope, gone after 24 hours. */
export const idempotencyTable = (TableName: string): IdempotencyStore => {
  const key = (scope: string) => ({ scope: { S: scope } });
  return {
    begin: async (scope, { bodyHash, attempt, lockedUntilMs }, nowMs) => {
      const now = Math.floor(nowMs / 1000);
      try {
        await dynamodb().send(
          new PutItemCommand({
            TableName,
            Item: {
              ...key(scope),
              bodyHash: { S: bodyHash },
              attemptId: { S: attempt.id },
              attemptTime: { S: attempt.time },
              lockedUntil: { N: String(lockedUntilMs) },
              expiresAt: { N: String(now + KEPT_SECONDS) },
            },
            // DynamoDB deletes expired items up to two days late. An item of this very attempt is this
            // call's own, stored by a try whose answer was lost.
            ConditionExpression: "attribute_not_exists(#scope) OR expiresAt <= :now OR attemptId = :attempt",
            ExpressionAttributeNames: { "#scope": "scope" },
            ExpressionAttributeValues: { ":now": { N: String(now) }, ":attempt": { S: attempt.id } },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item) return fromItem(error.Item);
        throw error;
      }
    },
    takeOver: async (scope, staleUntilMs, lockedUntilMs) => {
      try {
        await dynamodb().send(
          new UpdateItemCommand({
            TableName,
            Key: key(scope),
            UpdateExpression: "SET lockedUntil = :new",
            ConditionExpression: "lockedUntil = :old AND attribute_not_exists(answer)",
            ExpressionAttributeValues: {
              ":old": { N: String(staleUntilMs) },
              ":new": { N: String(lockedUntilMs) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    finish: (scope, lockedUntilMs, answer) =>
      ifMine(
        new UpdateItemCommand({
          TableName,
          Key: key(scope),
          UpdateExpression: "SET answer = :answer",
          ...mine(lockedUntilMs, { ":answer": { S: JSON.stringify(answer) } }),
        }),
      ),
    unlock: (scope, lockedUntilMs) =>
      ifMine(
        new UpdateItemCommand({
          TableName,
          Key: key(scope),
          UpdateExpression: "SET lockedUntil = :free",
          ...mine(lockedUntilMs, { ":free": { N: "0" } }),
        }),
      ),
    forget: (scope, lockedUntilMs) =>
      ifMine(new DeleteItemCommand({ TableName, Key: key(scope), ...mine(lockedUntilMs) })),
  };
};
