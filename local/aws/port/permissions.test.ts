import {
  BatchWriteItemCommand,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { DescribeKeyCommand, GenerateMacCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import {
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clients, clientsFor, failureOf, startTestPort, type TestPort } from "../testing/port.ts";

const orders = "millrace-local-orders";
const Item = { owner: { S: "o" }, id: { S: "1" } };
const topic = "arn:aws:sns:us-east-1:000000000000:millrace-local-news";

describe("what a function may do", () => {
  let port: TestPort;
  let writer: Clients;
  let reader: Clients;
  const queue = (name: string) => `${port.url}/000000000000/millrace-local-${name}`;
  beforeAll(async () => {
    port = await startTestPort();
    writer = clientsFor(port.url, "orders-writer");
    reader = clientsFor(port.url, "orders-reader");
  });
  afterAll(() => port.close());

  it("is what its manifest grants", async () => {
    await writer.dynamodb.send(new PutItemCommand({ TableName: orders, Item }));
    await writer.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [orders]: [{ PutRequest: { Item } }] } }),
    );
    await writer.dynamodb.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: orders, Item } }] }),
    );
    await writer.sqs.send(new SendMessageCommand({ QueueUrl: queue("mail"), MessageBody: "x" }));
    await writer.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queue("orders-dead"),
        Entries: [{ Id: "a", MessageBody: "x" }],
      }),
    );
    await writer.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue("orders") }));
    await writer.sns.send(new PublishCommand({ TopicArn: topic, Message: "x" }));
    await writer.events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: "millrace-local-bus", Source: "s", DetailType: "d", Detail: "{}" }],
      }),
    );
    await writer.s3.send(new PutObjectCommand({ Bucket: "millrace-local-files", Key: "k", Body: "x" }));
    await writer.s3.send(new GetObjectCommand({ Bucket: "millrace-local-files", Key: "k" }));
    await writer.kms.send(
      new GenerateMacCommand({
        KeyId: "alias/millrace-local-seal",
        Message: Buffer.from("x"),
        MacAlgorithm: "HMAC_SHA_256",
      }),
    );
    const { Items } = await reader.dynamodb.send(
      new QueryCommand({
        TableName: orders,
        IndexName: "byState",
        KeyConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": { S: "x" } },
      }),
    );
    const { Arn } = await reader.sts.send(new GetCallerIdentityCommand({}));

    expect(Items).toEqual([]);
    expect(Arn).toBe("arn:aws:sts::000000000000:assumed-role/orders-reader/orders-reader");
  });

  it.each<[string, () => Promise<unknown>, string, number]>([
    [
      "a table that is not named",
      () =>
        writer.dynamodb.send(
          new PutItemCommand({ TableName: "millrace-local-plain", Item: { id: { S: "1" } } }),
        ),
      "AccessDeniedException",
      400,
    ],
    [
      "a table that does not exist",
      () => writer.dynamodb.send(new PutItemCommand({ TableName: "nowhere", Item })),
      "AccessDeniedException",
      400,
    ],
    [
      "an action that is not granted",
      () => writer.dynamodb.send(new GetItemCommand({ TableName: orders, Key: Item })),
      "AccessDeniedException",
      400,
    ],
    [
      "a scan",
      () => reader.dynamodb.send(new ScanCommand({ TableName: orders })),
      "AccessDeniedException",
      400,
    ],
    [
      "removing a table",
      () => writer.dynamodb.send(new DeleteTableCommand({ TableName: orders })),
      "AccessDeniedException",
      400,
    ],
    [
      "one table of a batch",
      () =>
        writer.dynamodb.send(
          new BatchWriteItemCommand({
            RequestItems: {
              [orders]: [{ PutRequest: { Item } }],
              "millrace-local-plain": [{ PutRequest: { Item: { id: { S: "1" } } } }],
            },
          }),
        ),
      "AccessDeniedException",
      400,
    ],
    [
      "one action of a transaction",
      () =>
        reader.dynamodb.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              {
                ConditionCheck: { TableName: orders, Key: Item, ConditionExpression: "attribute_exists(id)" },
              },
            ],
          }),
        ),
      "AccessDeniedException",
      400,
    ],
    [
      "sending where it only receives",
      () => writer.sqs.send(new SendMessageCommand({ QueueUrl: queue("orders"), MessageBody: "x" })),
      "AccessDeniedException",
      400,
    ],
    [
      "sending a batch elsewhere",
      () =>
        reader.sqs.send(
          new SendMessageBatchCommand({ QueueUrl: queue("mail"), Entries: [{ Id: "a", MessageBody: "x" }] }),
        ),
      "AccessDeniedException",
      400,
    ],
    [
      "removing a queue",
      () => writer.sqs.send(new DeleteQueueCommand({ QueueUrl: queue("mail") })),
      "AccessDeniedException",
      400,
    ],
    [
      "publishing",
      () => reader.sns.send(new PublishCommand({ TopicArn: topic, Message: "x" })),
      "AccessDenied",
      403,
    ],
    [
      "another bus",
      () =>
        writer.events.send(
          new PutEventsCommand({ Entries: [{ Source: "s", DetailType: "d", Detail: "{}" }] }),
        ),
      "AccessDeniedException",
      400,
    ],
    [
      "writing an object",
      () => reader.s3.send(new PutObjectCommand({ Bucket: "millrace-local-files", Key: "k", Body: "x" })),
      "AccessDenied",
      403,
    ],
    [
      "listing a bucket",
      () => writer.s3.send(new ListObjectsV2Command({ Bucket: "millrace-local-files" })),
      "AccessDenied",
      403,
    ],
    [
      "learning that a key is absent without the right to list",
      () => writer.s3.send(new GetObjectCommand({ Bucket: "millrace-local-files", Key: "absent" })),
      "AccessDenied",
      403,
    ],
    [
      "describing a key",
      () => writer.kms.send(new DescribeKeyCommand({ KeyId: "alias/millrace-local-seal" })),
      "AccessDeniedException",
      400,
    ],
    [
      "another key",
      () =>
        writer.kms.send(
          new GenerateMacCommand({
            KeyId: "alias/other",
            Message: Buffer.from("x"),
            MacAlgorithm: "HMAC_SHA_256",
          }),
        ),
      "AccessDeniedException",
      400,
    ],
  ])("is not %s", async (_, call, code, expected) => {
    const { name, status } = await failureOf(call());

    expect([name.replace("AuthorizationErrorException", "AccessDenied"), status]).toEqual([code, expected]);
  });

  it("is refused in AWS's words", async () => {
    const { error } = await failureOf(
      reader.sqs.send(new SendMessageCommand({ QueueUrl: queue("mail"), MessageBody: "x" })),
    );

    expect(error.message).toContain(
      "User: arn:aws:sts::000000000000:assumed-role/orders-reader/orders-reader is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:millrace-local-mail",
    );
  });

  it("writes nothing when one table of a batch is refused", async () => {
    const other = { owner: { S: "o" }, id: { S: "refused" } };
    await failureOf(
      writer.dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [orders]: [{ PutRequest: { Item: other } }],
            "millrace-local-plain": [{ PutRequest: { Item: { id: { S: "1" } } } }],
          },
        }),
      ),
    );

    const { Item: found } = await clientsFor(port.url).dynamodb.send(
      new GetItemCommand({ TableName: orders, Key: other }),
    );
    expect(found).toBeUndefined();
  });
});
