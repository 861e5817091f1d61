import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { eventually, failureOf } from "../testing/port.ts";
import { tableClient } from "./dynamodb-client.ts";
import { type StartEmulator, useEmulator } from "./emulator.ts";

/** What the platform needs of DynamoDB. */
export const describeDynamoDb = (start: StartEmulator) =>
  describe("DynamoDB", () => {
    const clients = useEmulator(start);
    const { make, keyOf, get, put, byState } = tableClient(clients);

    it("stores every type and gives it back", async () => {
      const table = await make();
      const item = {
        text: { S: "é" },
        number: { N: "-12.5" },
        bytes: { B: new Uint8Array([0, 255]) },
        flag: { BOOL: true },
        nothing: { NULL: true },
        list: { L: [{ N: "1" }, { M: { deep: { S: "x" } } }] },
        texts: { SS: ["a", "b"] },
      };

      await put(table, "1", item);

      expect(await get(table, "1")).toEqual({ ...keyOf("1"), ...item });
    });

    it("reads in order, in pages, both ways", async () => {
      const table = await make();
      for (const id of ["b", "d", "a", "c"]) await put(table, id);
      const query = (more: object) =>
        clients().dynamodb.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "#o = :o",
            ExpressionAttributeNames: { "#o": "owner" },
            ExpressionAttributeValues: { ":o": { S: "o" } },
            ...more,
          }),
        );

      const first = await query({ Limit: 3 });
      const second = await query({ Limit: 3, ExclusiveStartKey: first.LastEvaluatedKey });
      const back = await query({ ScanIndexForward: false });

      expect(first.Items?.map(({ id }) => id?.S)).toEqual(["a", "b", "c"]);
      expect(second.Items?.map(({ id }) => id?.S)).toEqual(["d"]);
      expect(second.LastEvaluatedKey).toBeUndefined();
      expect(back.Items?.map(({ id }) => id?.S)).toEqual(["d", "c", "b", "a"]);
    });

    it("keeps an index in step with puts, updates and deletes", async () => {
      const table = await make();
      await put(table, "1", { state: { S: "open" } });
      await put(table, "2", { state: { S: "open" } });
      expect(await byState(table, "open")).toEqual(["1", "2"]);

      await clients().dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf("1"),
          UpdateExpression: "SET #s = :s",
          ExpressionAttributeNames: { "#s": "state" },
          ExpressionAttributeValues: { ":s": { S: "done" } },
        }),
      );
      await clients().dynamodb.send(new DeleteItemCommand({ TableName: table, Key: keyOf("2") }));

      expect(await byState(table, "open")).toEqual([]);
      expect(await byState(table, "done")).toEqual(["1"]);
    });

    it("refuses a failed condition, and shows the item when asked", async () => {
      const table = await make();
      await put(table, "1", { n: { N: "1" } });
      const conditional = (more: object) =>
        clients().dynamodb.send(
          new PutItemCommand({
            TableName: table,
            Item: keyOf("1"),
            ConditionExpression: "attribute_not_exists(id)",
            ...more,
          }),
        );

      const without = await failureOf(conditional({}));
      const shown = await failureOf(conditional({ ReturnValuesOnConditionCheckFailure: "ALL_OLD" }));

      expect([without.name, without.status]).toEqual(["ConditionalCheckFailedException", 400]);
      expect(Reflect.get(without.error, "Item")).toBeUndefined();
      expect(Reflect.get(shown.error, "Item")).toEqual({ ...keyOf("1"), n: { N: "1" } });
    });

    it("counts without losing an increment", async () => {
      const table = await make();
      const add = () =>
        clients().dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf("counter"),
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          }),
        );

      await Promise.all(Array.from({ length: 50 }, add));

      expect((await get(table, "counter"))?.n).toEqual({ N: "50" });
    });

    it("writes and reads batches, over tables", async () => {
      const [one, two] = [await make(), await make()];

      const written = await clients().dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [one]: ["1", "2"].map((id) => ({ PutRequest: { Item: keyOf(id) } })),
            [two]: [{ PutRequest: { Item: keyOf("3") } }],
          },
        }),
      );
      const { Responses = {} } = await clients().dynamodb.send(
        new BatchGetItemCommand({
          RequestItems: {
            [one]: { Keys: [keyOf("1"), keyOf("2"), keyOf("9")] },
            [two]: { Keys: [keyOf("3")] },
          },
        }),
      );

      expect(written.UnprocessedItems).toEqual({});
      expect(Responses[one]?.map(({ id }) => id?.S).toSorted()).toEqual(["1", "2"]);
      expect(Responses[two]).toHaveLength(1);
    });

    it("refuses a batch that names an item twice, before anything is written", async () => {
      const table = await make();
      const Item = keyOf("twice");

      const { name } = await failureOf(
        clients().dynamodb.send(
          new BatchWriteItemCommand({
            RequestItems: { [table]: [{ PutRequest: { Item } }, { PutRequest: { Item } }] },
          }),
        ),
      );

      expect(name).toBe("ValidationException");
      expect(await get(table, "twice")).toBeUndefined();
    });

    it("removes what expired when time to live is on, and leaves the rest", async () => {
      const table = await make();
      const now = Math.floor(Date.now() / 1000);
      await put(table, "before", { expiresAt: { N: String(now - 60) } });
      await clients().dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName: table,
          TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
        }),
      );
      await put(table, "after", { expiresAt: { N: String(now - 60) }, state: { S: "old" } });
      await put(table, "later", { expiresAt: { N: String(now + 3600) } });
      await put(table, "text", { expiresAt: { S: "never" } });

      const { TimeToLiveDescription } = await clients().dynamodb.send(
        new DescribeTimeToLiveCommand({ TableName: table }),
      );
      expect(TimeToLiveDescription).toEqual({ AttributeName: "expiresAt", TimeToLiveStatus: "ENABLED" });
      await eventually(async () => {
        const { Items = [] } = await clients().dynamodb.send(new ScanCommand({ TableName: table }));
        return (
          Items.map(({ id }) => id?.S)
            .toSorted()
            .join() === "later,text"
        );
      });
      expect(await byState(table, "old")).toEqual([]);
    });

    it("describes a stream, and refuses tables that are gone", async () => {
      const table = await make({ StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } });
      const { Table } = await clients().dynamodb.send(new DescribeTableCommand({ TableName: table }));
      expect(Table?.StreamSpecification?.StreamViewType).toBe("NEW_IMAGE");
      expect(Table?.LatestStreamArn).toContain(`table/${table}/stream/`);

      await clients().dynamodb.send(new DeleteTableCommand({ TableName: table }));
      await eventually(async () => {
        const { TableNames = [] } = await clients().dynamodb.send(new ListTablesCommand({}));
        return !TableNames.includes(table);
      });

      expect((await failureOf(put(table, "1"))).name).toBe("ResourceNotFoundException");
    });

    it("refuses items over 400 KB and malformed requests", async () => {
      const table = await make();

      expect((await failureOf(put(table, "big", { x: { S: "x".repeat(410_000) } }))).name).toBe(
        "ValidationException",
      );
      expect(
        (
          await failureOf(
            clients().dynamodb.send(new PutItemCommand({ TableName: table, Item: { owner: { S: "o" } } })),
          )
        ).name,
      ).toBe("ValidationException");
    });
  });
