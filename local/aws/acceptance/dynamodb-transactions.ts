import { TransactGetItemsCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { tableClient } from "./dynamodb-client.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";

/** What the platform needs of DynamoDB's transactions. */
export const describeDynamoDbTransactions = (start: StartEmulator) =>
  describe("DynamoDB transactions", () => {
    const clients = useEmulator(start);
    const { make, keyOf, get, put, byState } = tableClient(clients);

    it("does all of a transaction or nothing, and says which part objected", async () => {
      const table = await make();
      await put(table, "there", { n: { N: "1" } });
      const transact = (condition: string) =>
        clients().dynamodb.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: { TableName: table, Item: { ...keyOf("new"), state: { S: "open" } } } },
              {
                ConditionCheck: {
                  TableName: table,
                  Key: keyOf("there"),
                  ConditionExpression: condition,
                  ExpressionAttributeValues: { ":n": { N: "1" } },
                  ReturnValuesOnConditionCheckFailure: "ALL_OLD",
                },
              },
              { Delete: { TableName: table, Key: keyOf("gone") } },
            ],
          }),
        );

      const { name, error } = await failureOf(transact("n > :n"));
      expect(name).toBe("TransactionCanceledException");
      expect(Reflect.get(error, "CancellationReasons")).toMatchObject([
        { Code: "None" },
        { Code: "ConditionalCheckFailed", Item: { n: { N: "1" } } },
        { Code: "None" },
      ]);
      expect(await get(table, "new")).toBeUndefined();
      expect(await byState(table, "open")).toEqual([]);

      await transact("n = :n");
      expect(await byState(table, "open")).toEqual(["new"]);
    });

    it("does a transaction with one client token once", async () => {
      const table = await make();
      const transact = (amount: string) =>
        clients().dynamodb.send(
          new TransactWriteItemsCommand({
            ClientRequestToken: `token-${table}`,
            TransactItems: [
              {
                Update: {
                  TableName: table,
                  Key: keyOf("sum"),
                  UpdateExpression: "ADD n :a",
                  ExpressionAttributeValues: { ":a": { N: amount } },
                },
              },
            ],
          }),
        );

      await transact("5");
      await transact("5");

      expect((await get(table, "sum"))?.n).toEqual({ N: "5" });
      expect((await failureOf(transact("6"))).name).toBe("IdempotentParameterMismatchException");
    });

    it("keeps transactions apart: a sum over two items never changes", async () => {
      const table = await make();
      await put(table, "a", { n: { N: "100" } });
      await put(table, "b", { n: { N: "0" } });
      const add = (id: string, amount: number) => ({
        Update: {
          TableName: table,
          Key: keyOf(id),
          UpdateExpression: "ADD n :a",
          ExpressionAttributeValues: { ":a": { N: String(amount) } },
        },
      });
      const sums: number[] = [];
      const watch = async () => {
        const { Responses = [] } = await clients().dynamodb.send(
          new TransactGetItemsCommand({
            TransactItems: ["a", "b"].map((id) => ({ Get: { TableName: table, Key: keyOf(id) } })),
          }),
        );
        sums.push(Responses.reduce((sum, { Item }) => sum + Number(Item?.n?.N), 0));
      };

      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const [from, to] = index % 2 === 0 ? ["a", "b"] : ["b", "a"];
          await clients().dynamodb.send(
            new TransactWriteItemsCommand({ TransactItems: [add(from ?? "", -index), add(to ?? "", index)] }),
          );
          await watch();
        }),
      );

      expect(new Set(sums)).toEqual(new Set([100]));
    });

    it("refuses a transaction that names an item twice", async () => {
      const table = await make();
      const Put = { TableName: table, Item: keyOf("1") };

      const { name } = await failureOf(
        clients().dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Put }] })),
      );

      expect(name).toBe("ValidationException");
    });
  });
