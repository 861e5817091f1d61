import {
  type AttributeValue,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { tableClient } from "./dynamodb-client.ts";
import { EMPTY_INDEX_KEY_PUT, EMPTY_INDEX_KEY_UPDATED, nested, TOO_DEEP } from "./dynamodb-values.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";

/** What DynamoDB was recorded to answer about transactions: LocalStack's and Paritysuite's tests against AWS. */
export const describeRecordedTransactions = (start: StartEmulator) =>
  describe("DynamoDB, as recorded: transactions", () => {
    const clients = useEmulator(start);
    const { make, keyOf, get } = tableClient(clients);
    const transact = (TransactItems: TransactWriteItem[], more = {}) =>
      clients().dynamodb.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
    const put = (TableName: string, id: string, more: Record<string, AttributeValue> = {}) => ({
      Put: { TableName, Item: { ...keyOf(id), ...more } },
    });
    const set = (TableName: string, name: string, value: AttributeValue) => ({
      Update: {
        TableName,
        Key: keyOf("1"),
        UpdateExpression: "SET #n = :v",
        ExpressionAttributeNames: { "#n": name },
        ExpressionAttributeValues: { ":v": value },
      },
    });
    const reasonsOf = (error: Error): { Code?: string; Message?: string }[] =>
      Reflect.get(error, "CancellationReasons");

    it("says which condition failed, in the order of the actions", async () => {
      const table = await make();
      await clients().dynamodb.send(new PutItemCommand({ TableName: table, Item: keyOf("there") }));
      const absent = { ConditionExpression: "attribute_not_exists(id)" };

      const { name, error } = await failureOf(
        transact([{ Put: { ...put(table, "there").Put, ...absent } }, put(table, "new")]),
      );

      expect([name, error.message]).toEqual([
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]",
      ]);
      expect(reasonsOf(error)[0]?.Message).toBe("The conditional request failed");
      expect(await get(table, "new")).toBeUndefined();
    });

    it("keeps bytes, and reads several items at once", async () => {
      const table = await make();
      const bytes = { B: new Uint8Array(Buffer.from("foobar")) };
      await transact([put(table, "1", { bytes })]);

      const { Responses } = await clients().dynamodb.send(
        new TransactGetItemsCommand({
          TransactItems: ["1", "none"].map((id) => ({ Get: { TableName: table, Key: keyOf(id) } })),
        }),
      );

      expect(Responses).toEqual([{ Item: { ...keyOf("1"), bytes } }, {}]);
    });

    it("finds no table that is not there", async () => {
      const { name, error } = await failureOf(transact([put(freshName("never-made"), "1")]));

      expect([name, error.message]).toEqual(["ResourceNotFoundException", "Requested resource not found"]);
    });

    it.each([
      ["no action", 0, "greater than or equal to 1"],
      ["101 actions", 101, "less than or equal to 100"],
    ])("refuses %s", async (_, count, constraint) => {
      const table = await make();

      const { name, error } = await failureOf(
        transact(Array.from({ length: count }, (__, index) => put(table, `${index}`))),
      );

      expect(name).toBe("ValidationException");
      expect(error.message).toMatch(
        new RegExp(
          `^1 validation error detected: Value '\\[.*\\]' at 'transactItems' failed to satisfy constraint: Member must have length ${constraint}$`,
        ),
      );
    });

    it("refuses two actions on one item", async () => {
      const table = await make();

      const { name, error } = await failureOf(transact([put(table, "1"), put(table, "1")]));

      expect([name, error.message]).toEqual([
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
      ]);
    });

    it("is cancelled by a key of another type, with the words of a put", async () => {
      const table = await make();

      const key = await failureOf(
        transact([{ Put: { TableName: table, Item: { owner: { S: "o" }, id: { N: "5" } } } }]),
      );
      const indexKey = await failureOf(transact([put(table, "1", { state: { L: [{ S: "x" }] } })]));

      for (const { name, error } of [key, indexKey]) {
        expect([name, reasonsOf(error).map(({ Code }) => Code)]).toEqual([
          "TransactionCanceledException",
          ["ValidationError"],
        ]);
      }
      expect(reasonsOf(key.error)[0]?.Message).toBe(
        "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N",
      );
      expect(reasonsOf(indexKey.error)[0]?.Message).toBe(
        "One or more parameter values were invalid: Type mismatch for Index Key state Expected: S Actual: L IndexName: byState",
      );
    });

    it.each([
      ["a put", (table: string) => put(table, "1", { state: { S: "" } }), EMPTY_INDEX_KEY_PUT],
      ["an update", (table: string) => set(table, "state", { S: "" }), EMPTY_INDEX_KEY_UPDATED],
      [
        "a key",
        (table: string) => put(table, ""),
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
      ],
      [
        "the key of a deletion",
        (table: string) => ({ Delete: { TableName: table, Key: keyOf("") } }),
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
      ],
    ])("is refused as a whole for an empty key in %s", async (_, action, message) => {
      const table = await make();

      const { name, error } = await failureOf(transact([put(table, "other"), action(table)]));

      expect([name, error.message]).toEqual(["ValidationException", message]);
      expect(await get(table, "other")).toBeUndefined();
    });

    it("nests a value 31 levels deep and not 32", async () => {
      const table = await make();

      await transact([put(table, "1", { data: nested(31) })]);
      const { name, error } = await failureOf(transact([put(table, "2", { data: nested(32) })]));

      expect([name, error.message]).toEqual(["ValidationException", TOO_DEEP]);
      expect((await get(table, "1"))?.data).toEqual(nested(31));
    });

    it("takes items of 4 MB altogether and not of more", async () => {
      const table = await make();
      // An item of so many bytes: the names owner, id and x and a key of five letters have 13.
      const large = (id: string, bytes = 400_000) => put(table, id, { x: { S: "x".repeat(bytes - 13) } });
      const ten = Array.from({ length: 10 }, (_, index) => large(`1${index}`.padStart(4, "0")));
      const rest = 4 * 1024 * 1024 - 10 * 400_000;

      await transact([...ten, large("last", rest)]);
      const { name } = await failureOf(transact([...ten, large("more", rest + 1)]));

      expect(name).toBe("ValidationException");
      expect(await get(table, "last")).toBeDefined();
      expect(await get(table, "more")).toBeUndefined();
    });

    it("reads 4 MB altogether and not more", async () => {
      const table = await make();
      const ids = Array.from({ length: 11 }, (_, index) => `${index}`);
      for (const id of ids) await transact([put(table, id, { x: { S: "x".repeat(390_000) } })]);
      const read = (some: string[]) =>
        clients().dynamodb.send(
          new TransactGetItemsCommand({
            TransactItems: some.map((id) => ({ Get: { TableName: table, Key: keyOf(id) } })),
          }),
        );

      expect((await read(ids.slice(1))).Responses).toHaveLength(10);
      expect((await failureOf(read(ids))).name).toBe("ValidationException");
    });

    it("knows a repeated request by its values, however they are written", async () => {
      const table = await make();
      const ClientRequestToken = `t-${table}`.slice(0, 36);
      const add = (values: Record<string, AttributeValue>) =>
        transact(
          [
            {
              Update: {
                TableName: table,
                Key: keyOf("sum"),
                UpdateExpression: "ADD n :n, tags :t",
                ExpressionAttributeValues: values,
              },
            },
          ],
          { ClientRequestToken },
        );

      await add({ ":n": { N: "10" }, ":t": { SS: ["a", "b"] } });
      await add({ ":t": { SS: ["b", "a"] }, ":n": { N: "1.0e1" } });

      expect((await get(table, "sum"))?.n).toEqual({ N: "10" });
      expect((await failureOf(add({ ":n": { N: "11" }, ":t": { SS: ["a", "b"] } }))).name).toBe(
        "IdempotentParameterMismatchException",
      );
    });

    it("takes a token of 36 characters and not of 37", async () => {
      const table = await make();
      const token = freshName("x").padEnd(36, "x");

      await transact([put(table, "1")], { ClientRequestToken: token });
      const { name } = await failureOf(transact([put(table, "1")], { ClientRequestToken: `${token}x` }));

      expect(name).toBe("ValidationException");
    });
  });
