import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { eventually, failureOf } from "../testing/port.ts";
import { freshName, type StartEmulator, useEmulator } from "./emulator.ts";

/** What the platform needs of DynamoDB. */
export const describeDynamoDb = (start: StartEmulator) =>
  describe("DynamoDB", () => {
    const clients = useEmulator(start);
    const make = async (more: Partial<CreateTableCommandInput> = {}) => {
      const TableName = freshName("table");
      await clients().dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [
            { AttributeName: "owner", AttributeType: "S" },
            { AttributeName: "id", AttributeType: "S" },
            { AttributeName: "state", AttributeType: "S" },
          ],
          KeySchema: [
            { AttributeName: "owner", KeyType: "HASH" },
            { AttributeName: "id", KeyType: "RANGE" },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: "byState",
              KeySchema: [
                { AttributeName: "state", KeyType: "HASH" },
                { AttributeName: "id", KeyType: "RANGE" },
              ],
              Projection: { ProjectionType: "ALL" },
            },
          ],
          ...more,
        }),
      );
      await eventually(async () => {
        const { Table } = await clients().dynamodb.send(new DescribeTableCommand({ TableName }));
        return Table?.TableStatus === "ACTIVE";
      });
      return TableName;
    };
    const keyOf = (id: string) => ({ owner: { S: "o" }, id: { S: id } });
    const put = (TableName: string, id: string, more = {}) =>
      clients().dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(id), ...more } }));
    const get = async (TableName: string, id: string) => {
      const { Item } = await clients().dynamodb.send(
        new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true }),
      );
      return Item;
    };
    const byState = async (TableName: string, state: string) => {
      const { Items = [] } = await clients().dynamodb.send(
        new QueryCommand({
          TableName,
          IndexName: "byState",
          KeyConditionExpression: "#s = :s",
          ExpressionAttributeNames: { "#s": "state" },
          ExpressionAttributeValues: { ":s": { S: state } },
        }),
      );
      return Items.map(({ id }) => id?.S);
    };

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

    it("tells of a stream, and of tables that are gone", async () => {
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
