import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishBatchCommand } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "#common/testing/random.ts";
import type { Chaos } from "../../seams.ts";
import {
  type Clients,
  clientsFor,
  failureOf,
  startTestPort,
  type TestPort,
  testDeclarations,
} from "../testing/port.ts";

/** Returns these random numbers call by call; after the last one, a number that causes no fault. */
const scripted =
  (...numbers: number[]) =>
  () =>
    numbers.shift() ?? 0.999;
const HIT = 0;
const THROTTLED = 0;
const INTERNAL = 0.25;
const DROPPED = 0.5;
const LOST = 0.75;

describe("chaos", () => {
  let port: TestPort;
  let clients: Clients;
  let operator: Clients;
  const chaos: Chaos = { share: 0.5, random: () => 1 };
  const everything = { exists: () => true, allows: () => true };
  const table = "millrace-local-plain";
  const mail = () => `${port.url}/000000000000/millrace-local-mail`;
  const entries = (...ids: string[]) => ids.map((Id) => ({ Id, MessageBody: Id }));
  const put = (id: string, by = clients) =>
    by.dynamodb.send(new PutItemCommand({ TableName: table, Item: { id: { S: id } } }));
  const isThere = async (id: string) => {
    const { Item } = await operator.dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } } }),
    );
    return Item !== undefined;
  };
  beforeAll(async () => {
    port = await startTestPort({ chaos, permissions: everything, declarations: testDeclarations });
    clients = clientsFor(port.url, "any-function");
    operator = clientsFor(port.url);
  });
  beforeEach(() => {
    chaos.share = 0.5;
    chaos.random = () => 1;
  });
  afterAll(() => port.close());

  it.each<[string, () => Promise<unknown>, string, number]>([
    ["DynamoDB", () => put("t"), "ProvisionedThroughputExceededException", 400],
    [
      "SQS",
      () => clients.sqs.send(new SendMessageCommand({ QueueUrl: mail(), MessageBody: "x" })),
      "RequestThrottled",
      403,
    ],
    [
      "S3",
      () => clients.s3.send(new PutObjectCommand({ Bucket: "millrace-local-files", Key: "k", Body: "x" })),
      "SlowDown",
      503,
    ],
    [
      "EventBridge",
      () => clients.events.send(new PutEventsCommand({ Entries: [{}] })),
      "ThrottlingException",
      400,
    ],
  ])("throttles %s with its own error", async (_, call, code, expected) => {
    // A batch call throws once more: whether it fails as a whole.
    chaos.random = code === "ThrottlingException" ? scripted(HIT, 0.9, THROTTLED) : scripted(HIT, THROTTLED);

    const { name, status } = await failureOf(call());

    expect([name, status]).toEqual([code, expected]);
  });

  it("fails inside, and the call has no effect", async () => {
    chaos.random = scripted(HIT, INTERNAL);

    expect((await failureOf(put("internal"))).status).toBe(500);
    expect(await isThere("internal")).toBe(false);
  });

  it("drops the connection, and the call has no effect", async () => {
    chaos.random = scripted(HIT, DROPPED);

    expect((await failureOf(put("dropped"))).status).toBeUndefined();
    expect(await isThere("dropped")).toBe(false);
  });

  it("loses the answer of a call that took effect", async () => {
    chaos.random = scripted(HIT, LOST, 0.9);

    expect((await failureOf(put("lost"))).status).toBe(500);
    expect(await isThere("lost")).toBe(true);
  });

  it("loses an answer of S3 after the object is there", async () => {
    const where = { Bucket: "millrace-local-files", Key: "lost" };
    chaos.random = scripted(HIT, LOST, 0.9);

    expect((await failureOf(clients.s3.send(new PutObjectCommand({ ...where, Body: "x" })))).status).toBe(
      500,
    );
    expect((await operator.s3.send(new GetObjectCommand(where))).ContentLength).toBe(1);
  });

  it("fails some messages of a batch", async () => {
    chaos.random = scripted(HIT, HIT, 0.9, 0.1, 0.9);

    const { Successful = [], Failed = [] } = await clients.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: mail(), Entries: entries("a", "b", "c") }),
    );

    expect(Successful.map(({ Id }) => Id)).toEqual(["a", "c"]);
    expect(Failed).toEqual([
      { Id: "b", Code: "InternalError", Message: "Internal error", SenderFault: false },
    ]);
  });

  it("fails all messages of a batch inside an answer of 200", async () => {
    chaos.random = scripted(HIT, HIT, 0.1, 0.1);

    const { Successful = [], Failed = [] } = await clients.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: mail(), Entries: entries("a", "b") }),
    );

    expect(Successful).toEqual([]);
    expect(Failed.map(({ Id }) => Id)).toEqual(["a", "b"]);
  });

  it("fails some publications of a batch", async () => {
    chaos.random = scripted(HIT, HIT, 0.1, 0.9);

    const { Successful = [], Failed = [] } = await clients.sns.send(
      new PublishBatchCommand({
        TopicArn: "arn:aws:sns:us-east-1:000000000000:millrace-local-news",
        PublishBatchRequestEntries: ["a", "b"].map((Id) => ({ Id, Message: Id })),
      }),
    );

    expect(Successful.map(({ Id }) => Id)).toEqual(["b"]);
    expect(Failed.map(({ Id, SenderFault }) => [Id, SenderFault])).toEqual([["a", false]]);
  });

  it("fails some events, in their places", async () => {
    chaos.random = scripted(HIT, HIT, 0.1, 0.9, 0.1);
    const Entries = ["a", "b", "c"].map((DetailType) => ({
      EventBusName: "millrace-local-bus",
      Source: "s",
      DetailType,
      Detail: "{}",
    }));

    const answer = await clients.events.send(new PutEventsCommand({ Entries }));

    expect(answer.FailedEntryCount).toBe(2);
    expect(answer.Entries?.map(({ EventId, ErrorCode }) => [EventId === undefined, ErrorCode])).toEqual([
      [true, "InternalFailure"],
      [false, undefined],
      [true, "InternalFailure"],
    ]);
    expect(port.notified.events.map(({ event }) => event["detail-type"])).toEqual(["b"]);
  });

  it("leaves some items of a batch unprocessed", async () => {
    chaos.random = scripted(HIT, HIT, 0.1, 0.9);
    const requests = ["left", "done"].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));

    const { UnprocessedItems } = await clients.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
    );
    chaos.random = scripted(HIT, HIT, 0.9, 0.1);
    const read = await clients.dynamodb.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: [{ id: { S: "done" } }, { id: { S: "left" } }] } },
      }),
    );

    expect(UnprocessedItems).toEqual({ [table]: [requests[0]] });
    expect(await isThere("left")).toBe(false);
    expect(read.Responses).toEqual({ [table]: [{ id: { S: "done" } }] });
    expect(read.UnprocessedKeys).toEqual({ [table]: { Keys: [{ id: { S: "left" } }] } });
  });

  it("spares the operator, and everybody when its share is nought", async () => {
    chaos.random = () => 0;
    await put("by-operator", operator);
    chaos.share = 0;
    await put("by-function");

    expect(await isThere("by-function")).toBe(true);
  });

  it("hits the share of calls that was set", async () => {
    chaos.random = randomFrom(1);
    chaos.share = 0.3;

    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) => put(`many-${index}`)),
    );
    const failed = outcomes.filter(({ status }) => status === "rejected").length;

    expect(failed).toBeGreaterThan(60);
    expect(failed).toBeLessThan(120);
  });

  it("is survived by an SDK that tries again", async () => {
    chaos.random = randomFrom(7);
    chaos.share = 0.2;
    const patient = clientsFor(port.url, "any-function", 10);

    await Promise.all(Array.from({ length: 30 }, (_, index) => put(`patient-${index}`, patient)));

    expect(await isThere("patient-29")).toBe(true);
  });
});
