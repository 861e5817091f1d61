import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { tableClient } from "./dynamodb-client.ts";
import { EMPTY_INDEX_KEY_PUT, EMPTY_INDEX_KEY_UPDATED, nested, TOO_DEEP } from "./dynamodb-values.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";

/** What DynamoDB was recorded to answer about items and batches: LocalStack's and Paritysuite's tests against AWS. */
export const describeRecordedItems = (start: StartEmulator) =>
  describe("DynamoDB, as recorded: items", () => {
    const clients = useEmulator(start);
    const { make, keyOf, get } = tableClient(clients);
    const put = (TableName: string, Item: Record<string, AttributeValue>, more = {}) =>
      clients().dynamodb.send(new PutItemCommand({ TableName, Item, ...more }));
    const update = (TableName: string, id: string, value: AttributeValue, more = {}) =>
      clients().dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(id),
          UpdateExpression: "SET #s = :v",
          ExpressionAttributeNames: { "#s": "state" },
          ExpressionAttributeValues: { ":v": value },
          ...more,
        }),
      );
    const batchPut = (TableName: string, Item: Record<string, AttributeValue>) =>
      clients().dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
      );

    it("gives back the item that a put replaces, when it is asked to", async () => {
      const table = await make();
      const old = { ...keyOf("1"), data: { S: "foobar" } };
      const first = await put(table, old, { ReturnValues: "ALL_OLD" });

      const second = await put(table, { ...keyOf("1"), data: { S: "other" } }, { ReturnValues: "ALL_OLD" });
      const quiet = await put(table, old, { ReturnValues: "NONE" });

      expect([first.Attributes, second.Attributes, quiet.Attributes]).toEqual([undefined, old, undefined]);
    });

    it("stores an empty text and empty bytes outside of keys", async () => {
      const table = await make();

      await put(table, { ...keyOf("1"), text: { S: "" }, bytes: { B: new Uint8Array() } });

      expect(await get(table, "1")).toMatchObject({ text: { S: "" }, bytes: { B: new Uint8Array() } });
    });

    it("keeps bytes that are no UTF-8, over an update", async () => {
      const table = await make();
      const bytes = { B: new Uint8Array([0x90]) };
      await batchPut(table, { ...keyOf("1"), bytes });

      await update(table, "1", { S: "new" });

      expect((await get(table, "1"))?.bytes).toEqual(bytes);
    });

    it("reads by a local index", async () => {
      const table = await make({
        LocalSecondaryIndexes: [
          {
            IndexName: "local",
            KeySchema: [
              { AttributeName: "owner", KeyType: "HASH" },
              { AttributeName: "state", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      });
      const item = { ...keyOf("1"), state: { S: "123" } };
      await put(table, item);

      const { Count, ScannedCount, Items } = await clients().dynamodb.send(
        new QueryCommand({
          TableName: table,
          IndexName: "local",
          KeyConditionExpression: "#o = :o AND #s = :s",
          ExpressionAttributeNames: { "#o": "owner", "#s": "state" },
          ExpressionAttributeValues: { ":o": { S: "o" }, ":s": { S: "123" } },
        }),
      );

      expect([Count, ScannedCount, Items]).toEqual([1, 1, [item]]);
    });

    it("makes no table twice", async () => {
      const TableName = await make();
      const { name, error } = await failureOf(
        clients().dynamodb.send(
          new CreateTableCommand({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          }),
        ),
      );

      expect([name, error.message]).toEqual(["ResourceInUseException", `Table already exists: ${TableName}`]);
    });

    it("takes no capacity for a table that is paid per request", async () => {
      const { name, error } = await failureOf(
        clients().dynamodb.send(
          new CreateTableCommand({
            TableName: freshName("paid"),
            BillingMode: "PAY_PER_REQUEST",
            ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          }),
        ),
      );

      expect([name, error.message]).toEqual([
        "ValidationException",
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      ]);
    });

    it("answers a batch that finds nothing with an empty list", async () => {
      const table = await make();

      const { Responses, UnprocessedKeys } = await clients().dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [keyOf("none")] } } }),
      );

      expect([Responses, UnprocessedKeys]).toEqual([{ [table]: [] }, {}]);
    });

    it.each([
      ["a deletion by half a key", { DeleteRequest: { Key: { owner: { S: "o" } } } }],
      ["a put without its key", { PutRequest: { Item: { nonKey: { S: "hello" } } } }],
      ["a put with a key of another type", { PutRequest: { Item: { owner: { S: "o" }, id: { N: "1" } } } }],
    ])("refuses a batch with %s", async (_, entry) => {
      const table = await make();
      const { name, error } = await failureOf(
        clients().dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: [entry] } })),
      );

      expect([name, error.message]).toEqual([
        "ValidationException",
        "The provided key element does not match the schema",
      ]);
    });

    it("shows the item that made a condition fail", async () => {
      const table = await make();
      const there = { ...keyOf("456"), price: { N: "650" }, product: { S: "sporting goods" } };
      await put(table, there);

      const { name, error } = await failureOf(
        put(table, keyOf("456"), {
          ConditionExpression: "attribute_not_exists(id)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );

      expect([name, error.message]).toEqual([
        "ConditionalCheckFailedException",
        "The conditional request failed",
      ]);
      expect(Reflect.get(error, "Item")).toEqual(there);
    });

    it("refuses an empty key of an index, put alone or in a batch", async () => {
      const table = await make();
      const Item = { ...keyOf("1"), state: { S: "" } };

      for (const failure of [await failureOf(put(table, Item)), await failureOf(batchPut(table, Item))]) {
        expect([failure.name, failure.error.message]).toEqual(["ValidationException", EMPTY_INDEX_KEY_PUT]);
      }
      expect(await get(table, "1")).toBeUndefined();
    });

    it("refuses an update that empties the key of an index", async () => {
      const table = await make();
      await put(table, { ...keyOf("1"), state: { S: "open" } });

      const { name, error } = await failureOf(update(table, "1", { S: "" }));

      expect([name, error.message]).toEqual(["ValidationException", EMPTY_INDEX_KEY_UPDATED]);
      expect((await get(table, "1"))?.state).toEqual({ S: "open" });
    });

    it("refuses an empty key of the table", async () => {
      const table = await make();

      const { name, error } = await failureOf(put(table, { owner: { S: "o" }, id: { S: "" } }));

      expect([name, error.message]).toEqual([
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
      ]);
    });

    it.each([
      ["put", (table: string, data: AttributeValue) => put(table, { ...keyOf("deep"), data })],
      [
        "put in a batch",
        (table: string, data: AttributeValue) => batchPut(table, { ...keyOf("deep"), data }),
      ],
      [
        "set",
        (table: string, data: AttributeValue) =>
          update(table, "deep", data, { ExpressionAttributeNames: { "#s": "data" } }),
      ],
    ])("nests a value that is %s 31 levels deep and not 32", async (_, write) => {
      const table = await make();

      await write(table, nested(31));
      const { name, error } = await failureOf(write(table, nested(32)));

      expect([name, error.message]).toEqual(["ValidationException", TOO_DEEP]);
      expect((await get(table, "deep"))?.data).toEqual(nested(31));
    });

    it("looks at the depth of what an update makes of an item", async () => {
      const table = await make();
      await put(table, { ...keyOf("1"), data: { M: { n: { S: "x" } } } });

      const { name, error } = await failureOf(
        update(table, "1", nested(31), {
          UpdateExpression: "SET #d.n = :v",
          ExpressionAttributeNames: { "#d": "data" },
        }),
      );

      expect([name, error.message]).toEqual(["ValidationException", TOO_DEEP]);
    });

    it("refuses a value of hundreds of levels as any other that is too deep", async () => {
      const table = await make();

      const { name } = await failureOf(put(table, { ...keyOf("1"), data: nested(400) }));

      expect(name).toBe("ValidationException");
    });
  });
