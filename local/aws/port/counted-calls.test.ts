import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Chaos } from "../../seams.ts";
import { type Clients, clientsFor, startTestPort, type TestPort } from "../testing/port.ts";

const TableName = "millrace-local-plain";
const Bucket = "millrace-local-files";

describe("the calls of a port", () => {
  let port: TestPort;
  let operator: Clients;
  const chaos: Chaos = { share: 0, random: () => 0 };
  const exists = (name: string) => ["local", "reader"].includes(name);
  const allows = (_name: string, action: string) => !action.endsWith("ListBucket");
  let since = 0;
  beforeAll(async () => {
    port = await startTestPort({ chaos, permissions: { exists, allows } });
    operator = clientsFor(port.url);
  });
  beforeEach(() => {
    chaos.share = 0;
    since = port.calls.since().now;
  });
  afterAll(() => port.close());

  const counted = () => port.calls.since(since).items;
  const row = (action: string, more: object) => ({
    function: "operator",
    service: "dynamodb",
    action,
    calls: 1,
    failed: 0,
    throttled: 0,
    readUnits: 0,
    writeUnits: 0,
    ...more,
  });
  const key = (id: string) => ({ id: { S: id } });
  const item = (id: string, kilobytes: number) => ({
    ...key(id),
    x: { S: "x".repeat(kilobytes * 1024 - 100) },
  });
  const gone = (call: Promise<unknown>) => call.catch(() => {});

  it("show what DynamoDB consumed, asked for or not", async () => {
    const { dynamodb } = operator;
    await dynamodb.send(new PutItemCommand({ TableName, Item: item("1", 3) }));
    await dynamodb.send(new PutItemCommand({ TableName, Item: item("2", 9) }));
    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: key("1"),
        UpdateExpression: "SET y = :y",
        ExpressionAttributeValues: { ":y": { N: "1" } },
      }),
    );
    await dynamodb.send(new GetItemCommand({ TableName, Key: key("2") }));
    const consistent = new GetItemCommand({ TableName, Key: key("2"), ConsistentRead: true });
    await dynamodb.send(consistent);
    const ReturnConsumedCapacity = "TOTAL";
    const query = await dynamodb.send(
      new QueryCommand({
        TableName,
        ReturnConsumedCapacity,
        KeyConditionExpression: "id = :id",
        ExpressionAttributeValues: { ":id": { S: "2" } },
      }),
    );
    const scan = await dynamodb.send(new ScanCommand({ TableName }));
    await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key("1"), key("none")] } } }),
    );
    await dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TableName]: [{ PutRequest: { Item: item("3", 2) } }, { DeleteRequest: { Key: key("none") } }],
        },
      }),
    );
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: key("2") }));

    expect(query.ConsumedCapacity?.CapacityUnits).toBe(1.5);
    expect(scan.ConsumedCapacity).toBeUndefined();
    expect(counted()).toEqual([
      row("PutItem", { calls: 2, writeUnits: 12 }),
      row("UpdateItem", { writeUnits: 3 }),
      row("GetItem", { calls: 2, readUnits: 1.5 + 3 }),
      row("Query", { readUnits: 1.5 }),
      row("Scan", { readUnits: 1.5 }),
      row("BatchGetItem", { readUnits: 1 }),
      row("BatchWriteItem", { writeUnits: 3 }),
      row("DeleteItem", { writeUnits: 9 }),
    ]);
  });

  it("show what a refused condition and transactions consumed", async () => {
    const { dynamodb } = operator;
    await dynamodb.send(new PutItemCommand({ TableName, Item: item("t", 2) }));
    since = port.calls.since().now;
    const ConditionExpression = "attribute_not_exists(id)";
    const put = { TableName, Item: key("t"), ConditionExpression };

    await gone(dynamodb.send(new PutItemCommand(put)));
    await gone(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] })));
    const token = new TransactWriteItemsCommand({
      ClientRequestToken: "once",
      TransactItems: [{ Put: { TableName, Item: item("u", 1) } }],
    });
    await dynamodb.send(token);
    await dynamodb.send(token);
    await dynamodb.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: key("u") } }] }),
    );

    expect(counted()).toEqual([
      row("PutItem", { failed: 1, writeUnits: 2 }),
      row("TransactWriteItems", { calls: 3, failed: 1, writeUnits: 2 * 2 + 2, readUnits: 2 }),
      row("TransactGetItems", { readUnits: 2 }),
    ]);
  });

  it("stand under the function that made them, with those that failed", async () => {
    const reader = clientsFor(port.url, "reader");
    const QueueUrl = `${port.url}/000000000000/millrace-local-mail`;

    await reader.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
    await gone(reader.s3.send(new GetObjectCommand({ Bucket, Key: "none" })));
    await gone(reader.s3.send(new ListObjectsV2Command({ Bucket })));
    await reader.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
    chaos.share = 1;
    await gone(reader.dynamodb.send(new GetItemCommand({ TableName, Key: key("1") })));
    await gone(reader.s3.send(new GetObjectCommand({ Bucket, Key: "a" })));

    const one = (service: string, action: string, more: object = {}) =>
      row(action, { function: "reader", service, ...more });
    expect(counted()).toEqual([
      one("s3", "PutObject"),
      one("s3", "GetObject", { calls: 2, failed: 2, throttled: 1 }),
      one("s3", "ListObjectsV2", { failed: 1 }),
      one("sqs", "SendMessage"),
      one("dynamodb", "GetItem", { failed: 1, throttled: 1 }),
    ]);
  });

  it("are not those of unknown callers, of unknown actions, or of the platform's own pollers", async () => {
    const stranger = clientsFor(port.url, "stranger");
    await gone(stranger.dynamodb.send(new GetItemCommand({ TableName, Key: key("1") })));
    await fetch(port.url, {
      method: "POST",
      headers: {
        "x-amz-target": "DynamoDB_20120810.Nothing",
        "content-type": "application/x-amz-json-1.0",
        authorization:
          "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x",
      },
      body: "{}",
    });
    await port.queues.receive("millrace-local-mail", { max: 1, waitMs: 0 });

    expect(counted()).toEqual([]);
  });
});
