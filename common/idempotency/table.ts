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
    finish: async (scope, answer) => {
      await dynamodb().send(
        new UpdateItemCommand({
          TableName,
          Key: key(scope),
          UpdateExpression: "SET answer = :answer",
          ExpressionAttributeValues: { ":answer": { S: JSON.stringify(answer) } },
        }),
      );
    },
    unlock: async (scope) => {
      await dynamodb().send(
        new UpdateItemCommand({
          TableName,
          Key: key(scope),
          UpdateExpression: "SET lockedUntil = :free",
          ExpressionAttributeValues: { ":free": { N: "0" } },
        }),
      );
    },
    forget: async (scope) => {
      await dynamodb().send(new DeleteItemCommand({ TableName, Key: key(scope) }));
    },
  };
};
